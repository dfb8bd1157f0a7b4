package jobs

import (
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/store"
)

// door is an address behind which one server or another is.
type door struct {
	net.Listener
	mu     sync.Mutex
	behind string
}

func (d *door) open(addr string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.behind = addr
}

func newDoor(t *testing.T) *door {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	d := &door{Listener: l}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			d.mu.Lock()
			addr := d.behind
			d.mu.Unlock()
			out, err := net.Dial("tcp", addr)
			if err != nil {
				_ = in.Close()
				continue
			}
			for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
				go func() {
					_, _ = io.Copy(way[0], way[1])
					_, _ = in.Close(), out.Close()
				}()
			}
		}
	}()
	return d
}

// servers are a healthy and a weak one of the lab.
func servers(t *testing.T) (healthy, weak string) {
	t.Helper()
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var addrs []string
	for _, name := range []string{"strong", "weak-client-order"} {
		server, ok := lab.ByName(name)
		if !ok {
			t.Fatalf("there is no %s in the lab", name)
		}
		r, err := lab.Start(t.Context(), server, ca)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close() })
		addrs = append(addrs, r.Addr)
	}
	return addrs[0], addrs[1]
}

// receiver takes requests, as often as it is told only after it has refused them.
type receiver struct {
	*httptest.Server
	refuse int
	mu     sync.Mutex
	got    []payload
	ids    []string
	told   chan struct{}
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{told: make(chan struct{}, 100)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.refuse > 0 {
			r.refuse--
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		var p payload
		if err := json.NewDecoder(req.Body).Decode(&p); err != nil {
			t.Error(err)
		}
		r.got, r.ids = append(r.got, p), append(r.ids, req.Header.Get(channel.DeliveryHeader))
		r.told <- struct{}{}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) list() []payload {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]payload(nil), r.got...)
}

// watched is a monitor in a service whose clock the test moves. It stays within an hour of the real one, which scans go by.
type watched struct {
	t     *testing.T
	store *store.Store
	queue *Queue
	now   time.Time
	*store.Monitor
}

func (w *watched) start() {
	w.t.Helper()
	var err error
	w.queue, err = begin(w.t.Context(), w.store, Config{Workers: 2, Log: slog.New(slog.DiscardHandler), Watch: &Watch{
		Hooks: channel.NewHooks([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}), URL: "https://mailtls.example"},
		Scan: mailtls.Config{Timeout: time.Minute, Allow: func(netip.AddrPort) error { return nil }}})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *watched) stop() {
	w.t.Helper()
	if err := w.queue.Stop(w.t.Context()); err != nil {
		w.t.Error(err)
	}
}

func newWatched(t *testing.T, m *store.Monitor) *watched {
	t.Helper()
	return newWatchedIn(t, m, filepath.Join(t.TempDir(), "x.db"))
}

func newWatchedIn(t *testing.T, m *store.Monitor, database string) *watched {
	t.Helper()
	s, err := store.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := &watched{t: t, store: s, now: time.Now().UTC(), Monitor: m}
	m.Name, m.Every, m.Quick = "ours", 10*time.Minute, true
	if m.Policy == "" {
		m.Policy = "mail"
	}
	if err := s.AddMonitor(t.Context(), m, w.now); err != nil {
		t.Fatal(err)
	}
	w.start()
	return w
}

func (w *watched) tick() {
	w.t.Helper()
	if err := w.queue.watcher.tick(w.t.Context(), w.now); err != nil {
		w.t.Fatal(err)
	}
}

// look lets time pass, has what is due scanned and looked at, and returns the targets' watches.
func (w *watched) look(after time.Duration) []store.Watch {
	w.t.Helper()
	w.scan(after)
	w.tick()
	return w.watches()
}

// scan lets time pass, and has what is due scanned.
func (w *watched) scan(after time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(after)
	w.tick()
	for {
		over, err := w.store.Seen(w.t.Context(), w.now, 100)
		if err != nil {
			w.t.Fatal(err)
		}
		under := 0
		for _, x := range w.watches() {
			if x.Scan != "" {
				under++
			}
		}
		if len(over) == under {
			return
		}
		<-time.After(20 * time.Millisecond) // between looks
	}
}

func (w *watched) watches() []store.Watch {
	w.t.Helper()
	list, err := w.store.Watches(w.t.Context(), w.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *watched) events() []store.Event {
	w.t.Helper()
	list, err := w.store.Events(w.t.Context(), w.ID, 10)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

// TestWatch has a server turn weak: those who watch it are told once, when a second look has seen it, though the service is restarted
// at every step, and though the one who is told refuses at first.
func TestWatch(t *testing.T) {
	healthy, weak := servers(t)
	d, r := newDoor(t), newReceiver(t)
	d.open(healthy)
	w := newWatched(t, &store.Monitor{Targets: []string{"smtp://" + d.Addr().String()}, Webhook: r.URL})
	again := func() {
		w.stop()
		w.start()
	}
	if list := w.look(0); list[0].Last == "" || list[0].Second {
		t.Fatalf("the first look: %+v", list[0])
	}
	again()
	list := w.look(11 * time.Minute)
	if list[0].Second || !list[0].Due.After(w.now.Add(5*time.Minute)) {
		t.Fatalf("nothing has changed: %+v", list[0])
	}
	asItWas := list[0].Last
	d.open(weak)
	r.refuse = 1
	again()
	list = w.look(11 * time.Minute)
	if !list[0].Second || list[0].Due.After(w.now.Add(confirmAfter)) || len(w.events()) > 0 {
		t.Fatalf("one look is enough: %+v, %+v", list[0], w.events())
	}
	again()
	list = w.look(confirmAfter)
	if list[0].Second || len(w.events()) != 1 {
		t.Fatalf("the second look: %+v, %+v", list[0], w.events())
	}
	for tries := 0; tries == 0; <-time.After(20 * time.Millisecond) { // between looks
		list, err := w.store.Deliveries(t.Context(), w.ID, 10)
		if err != nil || len(list) != 1 {
			t.Fatalf("deliveries %+v, %v", list, err)
		}
		tries = list[0].Tries
	}
	again() // after the first try
	<-r.told
	for range 2 {
		w.look(11 * time.Minute)
		again()
	}
	w.stop()
	got := r.list()
	if len(got) != 1 || len(w.events()) != 1 {
		t.Fatalf("told %d times, %d events", len(got), len(w.events()))
	}
	p := got[0]
	if p.Event != "change" || p.Monitor.ID != w.ID || len(p.Changes) == 0 || !strings.HasPrefix(p.Diff, "https://mailtls.example/diff?old=") || !strings.Contains(p.Text, p.Report) ||
		!strings.Contains(p.Subject, w.Targets[0]) {
		t.Errorf("told %+v", p)
	}
	if p.Former != asItWas || w.events()[0].Former != asItWas {
		t.Errorf("it is compared with %s, and the event with %s: want %s, the last look before the change", p.Former, w.events()[0].Former, asItWas)
	}
	list2, err := w.store.Deliveries(t.Context(), w.ID, 10)
	if err != nil || len(list2) != 1 || list2[0].State != store.Sent || list2[0].Tries != 2 {
		t.Errorf("deliveries %+v, %v", list2, err)
	}
}

// TestMuted gathers what changes while nobody wants to be told, and tells it at the end.
func TestMuted(t *testing.T) {
	healthy, weak := servers(t)
	d, r := newDoor(t), newReceiver(t)
	d.open(healthy)
	w := newWatched(t, &store.Monitor{Targets: []string{"smtp://" + d.Addr().String()}, Webhook: r.URL, Policy: "bsi-tr-03108"})
	w.look(0)
	w.Muted = w.now.Add(20 * time.Minute)
	if err := w.store.SetMonitor(t.Context(), w.Monitor, w.now); err != nil {
		t.Fatal(err)
	}
	d.open(weak)
	w.look(11 * time.Minute)
	w.look(confirmAfter)
	if len(w.events()) != 1 {
		t.Fatalf("events %+v", w.events())
	}
	if list, err := w.store.Deliveries(t.Context(), w.ID, 10); err != nil || len(list) > 0 {
		t.Fatalf("brought while it is muted: %+v, %v", list, err)
	}
	w.now = w.now.Add(10 * time.Minute)
	w.tick()
	w.tick()
	<-r.told
	w.stop()
	if got := r.list(); len(got) != 1 || got[0].Event != "digest" {
		t.Errorf("told %+v", got)
	}
}

// TestTest wants it seen that a message cannot be brought, and a test message to say so.
func TestTest(t *testing.T) {
	r := newReceiver(t)
	w := newWatched(t, &store.Monitor{Targets: []string{"example.org"}, Webhook: r.URL, Mail: []string{"a@example.org"}, Paused: true})
	if err := w.queue.Test(t.Context(), w.Monitor); err != nil {
		t.Fatal(err)
	}
	<-r.told
	for {
		list, err := w.store.Deliveries(t.Context(), w.ID, 10)
		if err != nil || len(list) != 2 {
			t.Fatalf("deliveries %+v, %v", list, err)
		}
		i := 0
		if list[0].Channel != byMail {
			i = 1
		}
		if list[i].Tries > 0 {
			if list[i].State != store.Unsent || !strings.Contains(list[i].Why, "no mail server") {
				t.Errorf("by mail: %+v", list[i])
			}
			break
		}
		<-time.After(20 * time.Millisecond) // between looks
	}
	w.stop()
	if got := r.list(); len(got) != 1 || got[0].Event != "test" {
		t.Errorf("told %+v", got)
	}
}

// TestNext spreads looks, and does not make up for what was missed.
func TestNext(t *testing.T) {
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for range 100 {
		if at := next(now.Add(-time.Minute), now, time.Hour); at.Before(now.Add(59*time.Minute)) || at.After(now.Add(62*time.Minute)) {
			t.Fatalf("in time: %v", at)
		}
		if at := next(now.Add(-48*time.Hour), now, time.Hour); at.Before(now.Add(57*time.Minute)) || at.After(now.Add(time.Hour)) {
			t.Fatalf("late: %v", at)
		}
	}
	if at := store.DigestAt(now); !at.Equal(time.Date(2026, 11, 27, 7, 0, 0, 0, time.UTC)) {
		t.Errorf("digest at %v", at)
	}
}
