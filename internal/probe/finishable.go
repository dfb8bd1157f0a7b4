package probe

import (
	"slices"

	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// canFinish holds the suites with which handshakes of each version up to TLS 1.2 can be finished: it is asked for often.
var canFinish = func() map[tlswire.Version][]tlswire.Suite {
	m := map[tlswire.Version][]tlswire.Suite{}
	for v := tlswire.SSLv3; v <= tlswire.TLS12; v++ {
		m[v] = legacy.Suites(v)
	}
	return m
}()

// finishableSuites returns the accepted suites of version v, up to TLS 1.2, with which a handshake can be finished.
func (v *view) finishableSuites(p tlswire.Version) []tlswire.Suite {
	if !old(p) {
		return nil
	}
	can := canFinish[p]
	return v.seenSuites(p, func(s tlswire.SuiteInfo) bool { return slices.Contains(can, s.ID) })
}

// unfinishable reports whether it is decided that no handshake with the server can be finished.
func (d *deriver) unfinishable() bool {
	if d.anyOpen(func(v tlswire.Version) bool { return v > tlswire.SSLv2 }) || len(d.spoken()) == 0 {
		return false
	}
	return !slices.ContainsFunc(d.spoken(), func(v tlswire.Version) bool {
		return is13(v) || len(d.finishableSuites(v)) > 0 || old(v) && d.mayFinish(v)
	})
}

// mayFinish reports whether a suite of v with which a handshake can be finished may yet turn out to be accepted.
func (d *deriver) mayFinish(v tlswire.Version) bool {
	can := canFinish[v]
	return d.mayAccept(v, func(s tlswire.SuiteInfo) bool { return slices.Contains(can, s.ID) })
}
