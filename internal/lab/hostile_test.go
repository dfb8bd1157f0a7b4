package lab

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// enough is how many bytes of a server in one stage the test client takes.
const enough = 4 << 20

// victim is a client that a hostile server gets its hands on.
type victim struct {
	conn  *net.TCPConn
	quirk Quirks
	in    *bufio.Reader
	got   int    // bytes in this stage
	stage string // how far it came: greeting, capabilities, starttls, tls
	taken []byte // bytes of the TLS stage
	end   string // silence, eof, reset, flood, refused, done
}

func (v *victim) Read(b []byte) (int, error) {
	v.conn.SetReadDeadline(time.Now().Add(v.patience()))
	n, err := v.conn.Read(b)
	v.got += n
	return n, err
}

// patience is how long the client waits before it calls the server silent: not
// long where that is what the server promises next.
func (v *victim) patience() time.Duration {
	f := v.quirk.Fault
	silent := (f.Do == Silence || f.Do == Drip) && v.stage == stageOf(f.At) && v.got >= promised(f)
	if silent || v.quirk.Mail.Tarpit || v.quirk.Mail.Raw != "" {
		return 100 * time.Millisecond
	}
	return plenty
}

// promised is how many bytes come for certain, in the stage of the fault, before it.
func promised(f Fault) int {
	switch {
	case f.Do == Drip && f.At == AtHello, f.At == AtRecord:
		return 1
	case inFlight(f.At):
		return 20
	}
	return 0
}

// inFlight reports whether a step is in the middle of the server's flight.
func inFlight(at Step) bool {
	switch at {
	case AtRecord, AtServerHello, AtCertificate, AtKeyExchange, AtDone:
		return true
	}
	return false
}

// suffer takes a connection to r as far as r lets it.
func suffer(t *testing.T, r *Running, o offer) *victim {
	t.Helper()
	dialled, err := net.Dial("tcp", r.Addr)
	if errors.Is(err, syscall.ECONNRESET) {
		return &victim{stage: "greeting", end: "reset"}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	conn := dialled.(*net.TCPConn)
	v := &victim{conn: conn, stage: "tls", quirk: r.Server.Quirks}
	v.in = bufio.NewReader(v)
	if !r.Server.Protocol.ImplicitTLS() {
		v.end = v.preamble(r.Server.Protocol)
	}
	if v.end != "" {
		return v
	}
	v.stage, v.got = "tls", 0
	send(t, conn, o.hello(t), 0)
	if r.Server.Quirks.Fault == (Fault{}) {
		conn.CloseWrite() // there is nothing more to say: the server need not wait
	}
	v.taken, err = io.ReadAll(io.LimitReader(v.in, enough))
	v.end = "flood"
	if err != nil {
		v.end = ending(err)
	} else if len(v.taken) < enough {
		v.end = "eof"
	}
	return v
}

// preamble speaks SMTP or IMAP up to the go-ahead, and returns how it ended before.
func (v *victim) preamble(p starttls.Protocol) string {
	commands := []struct{ stage, line, last string }{
		{"greeting", "", "220 "}, {"capabilities", "EHLO client.lab.test", "250 "}, {"starttls", "STARTTLS", "220 "}}
	if p == starttls.IMAP {
		commands[0].last = "* OK"
		commands[1].line, commands[1].last = "a CAPABILITY", "a OK"
		commands[2].line, commands[2].last = "b STARTTLS", "b OK"
	}
	if v.quirk.Fault.At == AtBeforeTLS {
		question := map[starttls.Protocol]string{starttls.Submission: "MAIL FROM:<>", starttls.IMAP: "c AUTHENTICATE PLAIN", starttls.POP3: "AUTH PLAIN"}[p]
		commands[2].stage, commands[2].line, commands[2].last = "before-tls", question, "-"
	}
	if p == starttls.POP3 {
		commands[0].last, commands[1].line, commands[1].last = "+OK", "CAPA", "."
	}
	for _, c := range commands {
		v.stage, v.got = c.stage, 0
		if c.line != "" {
			io.WriteString(v.conn, c.line+"\r\n")
		}
		if end := v.until(c.last); end != "" {
			return end
		}
	}
	return ""
}

// until reads lines up to one that begins with last.
func (v *victim) until(last string) string {
	total := 0
	for {
		line, err := v.in.ReadSlice('\n')
		total += len(line)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return ending(err)
		}
		if strings.HasPrefix(string(line), last) {
			return ""
		}
		if total > enough {
			return "flood"
		}
	}
}

// stageOf is where a fault at a step leaves the client.
func stageOf(at Step) string {
	switch at {
	case AtConnect, AtGreeting:
		return "greeting"
	case AtCapabilities:
		return "capabilities"
	case AtBeforeTLS:
		return "before-tls"
	case AtStartTLS:
		return "starttls"
	}
	return "tls"
}

// TestHostile brings a client before every hostile server, and checks that it
// suffers what the value promises.
func TestHostile(t *testing.T) {
	ca := testCA(t)
	if n := len(Hostile()); n < 40 {
		t.Errorf("%d hostile servers, want 40 at least", n)
	}
	for _, s := range Hostile() {
		if s.Quirks.Inner != "" || s.Quirks.Inside.changed() || strings.HasPrefix(s.Name, "inside-") {
			continue // see TestInside
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			r := start(t, s, ca)
			version := tlswire.TLS12
			if slices.Contains(s.Versions, tlswire.TLS13) {
				version = tlswire.TLS13
			}
			v := suffer(t, r, fullOffer(version, s.Suites[version]))
			q := s.Quirks
			switch {
			case s.Throttle.After < 0:
				if v.end != "eof" || v.stage != "greeting" {
					t.Errorf("ended with %s in stage %s, want an end of the greeting", v.end, v.stage)
				}
			case q.Fault != (Fault{}):
				checkFault(t, q.Fault, v)
			case q.Mail.changed():
				checkPreamble(t, q.Mail, v)
			case len(q.Instead)+len(q.Unasked) > 0:
				if want := slices.Concat(q.Instead, q.Unasked); !bytes.Equal(v.taken, want) {
					t.Errorf("got %q, want %q", v.taken, want)
				}
			case q.Alert != nil || q.EveryAlert:
				checkAlert(t, q, v)
			case q.Flood != "":
				checkFlood(t, q.Flood, v)
			default:
				checkForged(t, s, v)
			}
		})
	}
}

func (q MailQuirks) changed() bool {
	return q.Greeting != "" || len(q.Lines) > 0 || q.Reply != "" || q.EndlessGreeting || q.EndlessCapabilities ||
		q.EndlessLine || q.Raw != "" || q.Tarpit
}

func checkFault(t *testing.T, f Fault, v *victim) {
	t.Helper()
	want := map[Action]string{Silence: "silence", Drip: "silence", Close: "eof", Reset: "reset"}[f.Do]
	if v.stage != stageOf(f.At) || v.end != want {
		t.Errorf("ended with %s in stage %s, want %s in stage %s", v.end, v.stage, want, stageOf(f.At))
	}
	if f.Do == Drip && f.At == AtHello && len(v.taken) != 1 {
		t.Errorf("got %d bytes, want one", len(v.taken))
	}
	if f.Do != Reset && len(v.taken) < promised(f) {
		t.Errorf("got %d bytes of the flight, want a beginning", len(v.taken))
	}
}

func checkPreamble(t *testing.T, q MailQuirks, v *victim) {
	t.Helper()
	switch {
	case q.EndlessGreeting, q.EndlessLine, q.EndlessCapabilities:
		if v.end != "flood" {
			t.Errorf("ended with %s in stage %s, want a flood", v.end, v.stage)
		}
	case q.Tarpit:
		if v.end != "silence" || v.stage != "greeting" {
			t.Errorf("ended with %s in stage %s, want silence in the greeting", v.end, v.stage)
		}
	case q.Raw == "" && v.stage != "tls":
		t.Errorf("ended with %s in stage %s, want a way to TLS", v.end, v.stage)
	}
}

func checkAlert(t *testing.T, q Quirks, v *victim) {
	t.Helper()
	record, _, err := tlswire.ParseRecord(v.taken)
	if err != nil {
		t.Fatal(err)
	}
	got, err := tlswire.ParseAlert(record.Payload)
	if err != nil {
		t.Fatal(err)
	}
	if want := (tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: 1}); q.EveryAlert && got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if q.Alert != nil && got != *q.Alert {
		t.Errorf("got %v, want %v", got, *q.Alert)
	}
}

// checkFlood wants more than a real handshake ever has; a list of ten thousand
// empty certificates is small.
func checkFlood(t *testing.T, f Flood, v *victim) {
	t.Helper()
	if f == FloodZeroCerts {
		if len(v.taken) < 30000 {
			t.Errorf("got %d bytes", len(v.taken))
		}
		return
	}
	if v.end != "flood" {
		t.Errorf("ended with %s after %d bytes, want a flood", v.end, len(v.taken))
	}
}

// checkForged looks for each forged field in the flight.
func checkForged(t *testing.T, s Server, v *victim) {
	t.Helper()
	f := s.Quirks.Forge
	got := read(t, bytes.NewReader(v.taken))
	body, ok := got.message(tlswire.TypeServerHello)
	if !ok {
		if f.RecordLength == 0 {
			t.Errorf("no ServerHello (%s)", got.end)
		}
		return
	}
	_, err := tlswire.ParseServerHello(body)
	if broken := f.Tail != nil || f.Cut > 0 || f.Length > 0; broken != (err != nil) {
		t.Errorf("parsing the ServerHello: %v", err)
	}
	h := got.hello
	if err == nil && (f.Suite != 0 && h.Suite != f.Suite || f.Compression != 0 && h.Compression != f.Compression ||
		f.SessionID != nil && !bytes.Equal(h.SessionID, f.SessionID) || f.Version != 0 && h.Version != f.Version) {
		t.Errorf("ServerHello %+v is not forged as in %+v", h, f)
	}
	if g, ok := h.Group(); f.Group != 0 && ok && g != f.Group {
		t.Errorf("group %v, want %v", g, f.Group)
	}
	checkForgedMessages(t, s, got)
}

func checkForgedMessages(t *testing.T, s Server, got reply) {
	t.Helper()
	f := s.Quirks.Forge
	if f.Chain != nil {
		body, _ := got.message(tlswire.TypeCertificate)
		c, err := tlswire.ParseCertificate(body)
		if err != nil || !slices.EqualFunc(c.Chain, f.Chain, bytes.Equal) {
			t.Errorf("chain of %d certificates (%v), want %d", len(c.Chain), err, len(f.Chain))
		}
	}
	body, ok := got.message(tlswire.TypeServerKeyExchange)
	if !ok {
		return
	}
	if f.CutExchange > 0 && len(body) != f.CutExchange {
		t.Errorf("ServerKeyExchange of %d bytes, want %d", len(body), f.CutExchange)
	}
	info, _ := got.hello.Suite.Info()
	x, err := tlswire.ParseServerKeyExchange(body, info.KeyExchange, info.Anonymous, tlswire.TLS12)
	if err != nil {
		return
	}
	if f.Point != nil && !bytes.Equal(x.EC.Point, f.Point) {
		t.Errorf("point %x, want %x", x.EC.Point, f.Point)
	}
	if want, err := newDHKey(s.DH); x.DH != nil && (err != nil || !bytes.Equal(x.DH.P, number(want.p))) {
		t.Errorf("p = %x, want %s", x.DH.P, s.DH.P)
	}
}
