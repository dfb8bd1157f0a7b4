package probe

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
)

// A limit on connections is kept however many may be under way at once, and named only where it left something open.
func TestMaxConnections(t *testing.T) {
	scan := func(limit int) *evidence.Endpoint {
		s := &simulation{Session: newSession(modelTarget, Config{Parallel: 8, MaxConnections: limit}, starttls.Protocol(modelTarget.Protocol)),
			server: stacks()[0].build(), rng: rand.New(rand.NewPCG(1, 1))}
		s.ep.Blobs.Dialogues[dialogueKey] = &evidence.Dialogue{Outcome: "ready"}
		s.run()
		return s.ep
	}
	for _, limit := range []int{1, 2, 3, 4, 7, 20} {
		ep := scan(limit)
		if n := len(ep.Observations); n != limit || !strings.Contains(ep.Ended, "limit") {
			t.Errorf("%d connections where %d are allowed; ended %q", n, limit, ep.Ended)
		}
	}
	if ep := scan(len(scan(modelConnections).Observations)); ep.Ended != "" {
		t.Errorf("ended %q with as many connections as it takes", ep.Ended)
	}
}
