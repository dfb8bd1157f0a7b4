package web

import (
	"container/list"
	"sync"
)

// maxMade is how many bytes of pages are kept.
const maxMade = 32 << 20

// made keeps texts that take a while to make, up to max bytes: when there are more, those that were asked for least lately go first. It
// may be used by several goroutines.
type made struct {
	max   int
	mu    sync.Mutex
	size  int
	order list.List // of *madeText, the latest first
	named map[string]*list.Element
}

type madeText struct{ key, text string }

func newMade(limit int) *made { return &made{max: limit, named: make(map[string]*list.Element)} }

func (m *made) get(key string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.named[key]
	if !ok {
		return "", false
	}
	m.order.MoveToFront(e)
	return e.Value.(*madeText).text, true
}

// put keeps a text, unless it is kept already or is larger than all may be.
func (m *made) put(key, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.named[key] != nil || len(text) > m.max {
		return
	}
	m.named[key] = m.order.PushFront(&madeText{key, text})
	for m.size += len(text); m.size > m.max; {
		last := m.order.Remove(m.order.Back()).(*madeText)
		m.size -= len(last.text)
		delete(m.named, last.key)
	}
}
