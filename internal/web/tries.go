package web

import (
	"crypto/sha256"
	"strings"
	"sync"
	"time"
)

// From one address 10 passwords may be tried at once, and then one every 90 seconds; of one account 20, and then one a minute. So somebody who tries from one
// address does not keep the owner of an account out.
const (
	addressTries, addressPause   = 10, 90 * time.Second
	accountTries, accountPause   = 20, time.Minute
	unknownNotes, unknownPause   = 100, time.Minute
	providerTries, providerPause = 40, 15 * time.Second
)

// tries keeps how many passwords were tried.
type tries struct {
	now       func() time.Time
	mu        sync.Mutex
	addresses buckets
	names     buckets // by the SHA-256 of the name: who mistakes the field types a password there
	providers buckets // ways to a provider and back, by address
	unknown   buckets // notes of names that there are none of
}

func newTries(now func() time.Time) *tries {
	return &tries{now: now, addresses: buckets{pause: addressPause, burst: addressTries}, names: buckets{pause: accountPause, burst: accountTries},
		providers: buckets{pause: providerPause, burst: providerTries},
		unknown:   buckets{pause: unknownPause, burst: unknownNotes}}
}

// admit reports whether a password of an account may be tried from an address now, and counts it. It is the same for names that there are none of.
func (t *tries) admit(remote, name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, digest := t.now(), sha256.Sum256([]byte(strings.ToLower(name)))
	return t.addresses.of(visitorOf(remote)).AllowN(now, 1) && t.names.of(string(digest[:])).AllowN(now, 1)
}

// admitFrom reports whether somebody may be sent to a provider from an address now, or come back, and counts it.
func (t *tries) admitFrom(remote string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.providers.of(visitorOf(remote)).AllowN(t.now(), 1)
}

// worthANote reports whether one more try of a name that there is none of is to be noted: nobody is to fill the database.
func (t *tries) worthANote() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unknown.of("").AllowN(t.now(), 1)
}

// tooManyTries is what is said to whoever tried too often.
const tooManyTries = "Too many passwords were tried: wait two minutes before the next."
