package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/mailtls/mailtls/internal/store"
)

const (
	maxWatchers = 500 // at once: each looks at the store all the time

	lookEvery  = 100 * time.Millisecond // at the store, for a scan that is watched
	aliveEvery = 15 * time.Second       // something is sent, so that nobody between takes the connection for dead
	watchTime  = 15 * time.Minute       // one connection lasts; a browser comes again
)

// step is how far a scan is with a server, as it is told to programs.
type step struct {
	Server      string `json:"server"`
	Text        string `json:"text"`
	Connections int    `json:"connections"`
	Done        bool   `json:"done"`
}

// events tells of a scan as it goes on, as server-sent events: a "step" for each change, and "over" at the end. Whoever comes again with
// the ID of the last event is told of what came after it.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if _, err := s.Store.Scan(r.Context(), id); err != nil {
		s.broken(w, r, err)
		return
	}
	last, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
	s.stream(w, r, lookEvery, func() (over bool, err error) { return s.tell(w, r, id, &last) })
}

// stream sends server-sent events: what tell writes, every so often, until it says that all is over.
func (s *server) stream(w http.ResponseWriter, r *http.Request, often time.Duration, tell func() (over bool, err error)) {
	if s.watchers.Add(1) > maxWatchers {
		s.watchers.Add(-1)
		s.fail(w, r, http.StatusServiceUnavailable, "So many watch scans now that no more can: load the page again instead.")
		return
	}
	defer s.watchers.Add(-1)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would wait for more
	control := http.NewResponseController(w)
	tick, end, alive := time.NewTicker(often), time.After(watchTime), time.Now()
	defer tick.Stop()
	for {
		over, err := tell()
		if time.Since(alive) > aliveEvery {
			_, lost := fmt.Fprint(w, ": still here\n\n")
			err, alive = cmp.Or(err, lost), time.Now()
		}
		_ = control.SetWriteDeadline(time.Now().Add(aliveEvery))
		if err != nil || over || control.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-end:
			return
		case <-tick.C:
		}
	}
}

// tell writes what is new since the last event, and whether the scan is over. The state is read first: the last steps come before it.
func (s *server) tell(w http.ResponseWriter, r *http.Request, id string, last *int) (over bool, err error) {
	scan, err := s.Store.Scan(r.Context(), id)
	if err != nil {
		return false, err
	}
	steps, err := s.Store.Steps(r.Context(), id, *last)
	if err != nil {
		return false, err
	}
	for _, x := range steps {
		text, err := json.Marshal(stepOf(x))
		if err != nil {
			return false, err
		}
		if _, err := fmt.Fprintf(w, "id: %d\nevent: step\ndata: %s\n\n", x.N, text); err != nil {
			return false, err
		}
		*last = x.N
	}
	if scan.Over() {
		_, err = fmt.Fprintf(w, "event: over\ndata: %q\n\n", scan.State)
	}
	return scan.Over(), err
}

func stepOf(x store.Step) step { return step{x.Place, x.Text, x.Connections, x.Done} }
