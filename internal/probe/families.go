package probe

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// familyScore multiplies what is known of the two halves of a suite: how keys are agreed on, and how records are protected.
func (p *plan) familyScore(s tlswire.Suite) float64 {
	info, _ := s.Info()
	f := p.families()
	if f.passed[s] {
		return 0.01
	}
	exchange, protection := f.exchanges[exchangeOf(info)], f.protections[protectionOf(info)]
	switch {
	case exchange == evidence.Yes && protection == evidence.Yes && info.Recommended != "-":
		return 1
	case exchange == evidence.No || protection == evidence.No || plausibleExchange(info) == 0 && exchange != evidence.Yes || info.Recommended == "-":
		return 0.02
	case exchange == evidence.Yes || protection == evidence.Yes:
		return 0.4
	}
	return 0.16
}

// families are the halves of suites that were accepted, or passed over, in TLS 1.2 and older.
type families struct {
	exchanges   map[exchange]evidence.Answer
	protections map[protection]evidence.Answer
	passed      map[tlswire.Suite]bool
}

type exchange struct {
	kx     tlswire.KeyExchange
	auth   tlswire.Auth
	export bool
}

type protection struct {
	cipher tlswire.Cipher
	mode   tlswire.Mode
	mac    tlswire.MAC
	long   bool // more than 128 bits
}

func exchangeOf(s tlswire.SuiteInfo) exchange { return exchange{s.KeyExchange, s.Auth, s.Export} }

func protectionOf(s tlswire.SuiteInfo) protection {
	return protection{s.Cipher, s.Mode, s.MAC, s.Bits > 128}
}

// families is worked out once for a plan.
func (p *plan) families() *families {
	if p.halves != nil {
		return p.halves
	}
	f := &families{map[exchange]evidence.Answer{}, map[protection]evidence.Answer{}, map[tlswire.Suite]bool{}}
	for _, v := range versions {
		switch {
		case old(v):
			f.addAccepted(p.tracks[v])
		case is13(v):
			f.addProtections(p.tracks[v])
		}
	}
	for _, v := range versions {
		if old(v) {
			f.addPassed(p.tracks[v])
		}
	}
	p.halves = f
	return f
}

func (f *families) addAccepted(t *track) {
	for _, s := range t.suites.accepted {
		info, _ := s.Info()
		f.exchanges[exchangeOf(info)], f.protections[protectionOf(info)] = evidence.Yes, evidence.Yes
	}
}

// addProtections takes in how records of TLS 1.3 are protected, which stacks do in TLS 1.2, too.
func (f *families) addProtections(t *track) {
	for _, s := range t.suites.accepted {
		info, _ := s.Info()
		f.protections[protectionOf(info)] = evidence.Yes
	}
}

// addPassed blames that half of a suite that was passed over whose other half is accepted elsewhere.
func (f *families) addPassed(t *track) {
	for _, s := range t.passedOver() {
		info, _ := s.Info()
		f.passed[s] = true
		x, y := exchangeOf(info), protectionOf(info)
		switch {
		case f.exchanges[x] == evidence.Yes && f.protections[y] != evidence.Yes:
			f.protections[y] = evidence.No
		case f.protections[y] == evidence.Yes && f.exchanges[x] != evidence.Yes:
			f.exchanges[x] = evidence.No
		}
	}
}

// passedOver returns the suites that stood first in an offer and were not picked by a server that follows the client.
func (t *track) passedOver() []tlswire.Suite {
	if ownOrder(t.suites) == byServer {
		return nil
	}
	var list []tlswire.Suite
	for _, x := range t.suites.trials {
		if x.ok && !x.guess && len(x.offered) > 0 && x.offered[0] != x.pick {
			list = append(list, x.offered[0])
		}
	}
	return list
}
