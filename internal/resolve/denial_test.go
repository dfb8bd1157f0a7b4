package resolve

import (
	"testing"

	"github.com/miekg/dns"
)

// TestWildcardIsTheClosest wants the proof that a wildcard stands for a name to be about the names between the two: whoever replays one
// from higher up has a true NSEC record at hand, and a true signature.
func TestWildcardIsTheClosest(t *testing.T) {
	for _, c := range []struct {
		what, owner, next, name, closest string
		want                             bool
	}{
		{"right under it", "a.test.", "z.test.", "m.test.", "test.", true},
		{"further down, with nothing between", "a.test.", "z.test.", "x.y.m.test.", "test.", true},
		{"the last of the zone", "a.test.", "test.", "m.test.", "test.", true},
		{"before the wildcard in order", "test.", "*.test.", "!.test.", "test.", true},
		{"a wildcard below nothing else", "test.", "*.wild.test.", "!.wild.test.", "wild.test.", true},
		{"a nearer name exists", "m.test.", "z.test.", "x.m.test.", "test.", false},
		{"a nearer name has names below it alone", "a.test.", "b.m.test.", "!.m.test.", "test.", false},
		{"a nearer name exists, told by the next one", "a.test.", "z.m.test.", "x.m.test.", "test.", false},
		{"the name is there, with names below it alone", "a.test.", "x.m.test.", "m.test.", "test.", false},
		{"the name is not covered", "a.test.", "b.test.", "m.test.", "test.", false},
	} {
		list := nsecDenier{{Hdr: dns.RR_Header{Name: c.owner, Rrtype: dns.TypeNSEC, Class: dns.ClassINET}, NextDomain: c.next}}
		if got := list.noCloser(c.name, c.closest).holds; got != c.want {
			t.Errorf("%s: %s NSEC %s proves that *.%s stands for %s: %v, want %v", c.what, c.owner, c.next, c.closest, c.name, got, c.want)
		}
	}
}
