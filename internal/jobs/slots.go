package jobs

import "sync"

// slots decide who goes first where this program can make only so many scans at once: people's, and those of monitors, are begun whatever
// campaigns do; campaigns have what those leave, and a part of all in any case, so that they are not held up for ever.
type slots struct {
	most    int           // scans at once
	changed chan struct{} // something has ended

	mu             sync.Mutex
	people, others int // under way: what people and monitors ordered; work of campaigns
}

func newSlots(most int) *slots { return &slots{most: most, changed: make(chan struct{}, 1)} }

// kept is how much campaigns may do in any case, as a part of all: a quarter, and at least one thing at a time.
const kept = 4

// free is how many pieces of work of campaigns may be begun.
func (s *slots) free() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.most-s.people-s.others, max(s.most/kept, 1)-s.others, 0)
}

// idle reports whether nothing of campaigns is under way.
func (s *slots) idle() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.others == 0
}

func (s *slots) begin(people, others int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people, s.others = s.people+people, s.others+others
}

func (s *slots) end(people, others int) {
	s.begin(-people, -others)
	select {
	case s.changed <- struct{}{}:
	default:
	}
}
