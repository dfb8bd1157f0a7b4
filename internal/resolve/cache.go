package resolve

import (
	"context"
	"sync"
	"time"
)

// cacheSize is how many entries a cache holds.
const cacheSize = 1 << 16

// A cache keeps what was found out for as long as it is good, and lets those who ask for the same at the same time wait for
// one answer.
type cache[K comparable, V any] struct {
	now func() time.Time
	mu  sync.Mutex
	m   map[K]*entry[V]
}

type entry[V any] struct {
	done        chan struct{} // closed when what follows is set
	value       V
	err         error
	interrupted bool // err is about who asked, not about the answer
	until       time.Time
}

func newCache[K comparable, V any](now func() time.Time) *cache[K, V] {
	return &cache[K, V]{now: now, m: map[K]*entry[V]{}}
}

// get returns what is kept of key, or what find returns, with how long that is good: an error, too, though none that is about who
// asked. find must not get the same key.
func (c *cache[K, V]) get(ctx context.Context, key K, find func(context.Context) (V, time.Duration, error)) (V, error) {
	for {
		e, mine := c.claim(key)
		if mine {
			value, life, err := find(ctx)
			c.settle(key, e, value, life, err, ctx.Err() != nil)
			return value, err
		}
		select {
		case <-e.done:
		case <-ctx.Done():
			var none V
			return none, context.Cause(ctx)
		}
		if !e.interrupted {
			return e.value, e.err
		}
	}
}

// claim returns the entry of key, and whether the caller is to fill it.
func (c *cache[K, V]) claim(key K) (*entry[V], bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.m[key]; e != nil && (e.until.IsZero() || c.now().Before(e.until)) {
		return e, false
	}
	e := &entry[V]{done: make(chan struct{})}
	c.m[key] = e
	c.shrink()
	return e, true
}

func (c *cache[K, V]) settle(key K, e *entry[V], value V, life time.Duration, err error, interrupted bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.value, e.err, e.interrupted, e.until = value, err, err != nil && interrupted, c.now().Add(life)
	if err != nil && (e.interrupted || life <= 0) && c.m[key] == e {
		delete(c.m, key)
	}
	close(e.done)
}

// shrink drops entries, those that are no longer good first, so that there is room for one more.
func (c *cache[K, V]) shrink() {
	if len(c.m) <= cacheSize {
		return
	}
	for _, stale := range []bool{true, false} {
		for key, e := range c.m {
			if !e.until.IsZero() && (!stale || c.now().After(e.until)) && len(c.m) > cacheSize*7/8 {
				delete(c.m, key)
			}
		}
	}
}
