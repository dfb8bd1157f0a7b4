package probe

import (
	"encoding/binary"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

func deriveSentinel(d *deriver) {
	switch {
	case d.none(is13) && len(d.spoken()) > 0:
		d.facts.DowngradeSentinel = inapplicable[bool]("TLS 1.3 is not spoken")
		return
	case d.none(old) && len(d.spoken()) > 0:
		d.facts.DowngradeSentinel = inapplicable[bool]("nothing older than TLS 1.3 is spoken")
		return
	}
	d.facts.DowngradeSentinel = unknown[bool](d)
	if d.tracks[tlswire.TLS13].spoken != evidence.Yes {
		return
	}
	for i := range d.replies {
		r := &d.replies[i]
		if r.kind != accepted || r.version < tlswire.TLS10 || !old(r.version) {
			continue
		}
		d.facts.DowngradeSentinel = known(r.hello.DowngradeSentinel() != "", r.id)
		if !d.facts.DowngradeSentinel.Value {
			return
		}
	}
}

// clockSkew is how far a clock in the random may be off and still look like one.
const clockSkew = 24 * time.Hour

// deriveClock looks at TLS 1.2 and older, whose random may begin with a clock (RFC 5246, Section 7.4.1.2); a version whose
// randoms all do is enough.
func deriveClock(d *deriver) {
	d.facts.ClockInRandom = unknown[bool](d)
	if d.none(old) && len(d.spoken()) > 0 {
		d.facts.ClockInRandom = inapplicable[bool]("the random of TLS 1.3 has no clock")
		return
	}
	for _, v := range d.spokenOld() {
		switch clocks, others := d.clocks(v); {
		case len(others) == 0 && len(clocks) >= 2: // one random number hits the day of the scan once in 25,000 times, two never
			d.facts.ClockInRandom = known(true, clocks...)
			return
		case len(others) > 0 && !d.anyOpen(old):
			d.facts.ClockInRandom = known(false, others[0])
		}
	}
}

// clocks returns the ids of the hellos in version v whose random begins with the time, and of those whose does not.
func (d *deriver) clocks(v tlswire.Version) (clocks, others []string) {
	for i := range d.replies {
		r := &d.replies[i]
		if r.kind != accepted || r.version != v {
			continue
		}
		clock := time.Unix(int64(binary.BigEndian.Uint32(r.hello.Random[:])), 0)
		if clock.Sub(d.ep.At.Add(r.start)).Abs() <= clockSkew {
			clocks = append(clocks, r.id)
		} else {
			others = append(others, r.id)
		}
	}
	return clocks, others
}
