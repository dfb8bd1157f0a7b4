package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
)

// SlowConnection is a connection that the scan waited for. Times are since its start, as the scanner saw them.
type SlowConnection struct {
	ID    string        `json:"id"`
	Ready time.Duration `json:"ready_ns"` // plaintext part done
	Reply time.Duration `json:"reply_ns"` // first bytes of the TLS reply
	End   time.Duration `json:"end_ns"`
	How   string        `json:"how"` // it ended
}

func (c SlowConnection) String() string {
	ms := func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
	return fmt.Sprintf("%s: ready after %s, reply after %s, ended after %s (%s)", c.ID, ms(c.Ready), ms(c.Reply), ms(c.End), c.How)
}

// fewSlow is how many slow connections are worth showing.
const fewSlow = 3

// slowest are the connections that took at least a second, slowest first.
func slowest(list []evidence.Observation) []SlowConnection {
	var slow []SlowConnection
	for _, o := range list {
		if o.Timing.End >= time.Second {
			slow = append(slow, SlowConnection{o.ID, o.Timing.Ready, o.Timing.Reply, o.Timing.End, string(o.End.Kind)})
		}
	}
	slices.SortStableFunc(slow, func(a, b SlowConnection) int { return int(b.End - a.End) })
	return slow[:min(len(slow), fewSlow)]
}
