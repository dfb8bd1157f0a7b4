package probe

import (
	"context"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// CCS injection (CVE-2014-0224): OpenSSL took a ChangeCipherSpec before there was a master secret, and switched to keys made
// from an empty one. It is sent alone first: who refuses it ends the connection. Who says nothing has taken it, or passes over
// it, as some do. Then comes a record in the clear that has no place in a handshake: after the switch it cannot be decrypted,
// which OpenSSL says by bad_record_mac or, of a size that a cipher cannot have, decryption_failed; to everybody else it is
// unexpected. Since a server may use such an alert for anything, the record is also sent without a ChangeCipherSpec. Two
// handshakes decide the rest: one that can only be finished by who passed over the ChangeCipherSpec, and one that can only be
// finished under the keys that come of it.
const (
	earlyCCS     = "early"
	earlyPatient = "early-patient" // the same, with time for a server that is slow to mind it
	withoutCCS   = "control"
	normalKeys   = "normal-keys" // behind the early ChangeCipherSpec, as if it had not been
	emptyKeys    = "empty-keys"  // behind it, under keys of an empty master secret
)

const (
	ccsTries = 18
	perCCS   = 4 // of one form, but where a line loses connections
)

// tryCCS sends what the offer's vector says right behind the server's flight.
func (c *connection) tryCCS(ctx context.Context) evidence.End {
	if v := c.offer.Vector; v == normalKeys || v == emptyKeys {
		return c.finishCCS(ctx)
	}
	if end := c.flight(); end.Kind != evidence.EndDone {
		return end
	}
	record := tlswire.AppendRecords(nil, tlswire.ContentApplicationData, c.version, unreadable(), tlswire.MaxPlaintext)
	if c.offer.Vector == withoutCCS {
		c.provoke(record, nil)
		return evidence.End{Kind: evidence.EndDone}
	}
	pause := c.pause()
	if c.offer.Vector == earlyPatient {
		pause = c.patience()
	}
	c.provokeTwice(ctx, recordCCS(c.version), record, pause)
	return evidence.End{Kind: evidence.EndDone}
}

func recordCCS(v tlswire.Version) []byte {
	return tlswire.AppendRecords(nil, tlswire.ContentChangeCipherSpec, v, []byte{1}, tlswire.MaxPlaintext)
}

// finishCCS sends an early ChangeCipherSpec and tries to finish the handshake. The reaction's end is done if that worked.
func (c *connection) finishCCS(ctx context.Context) evidence.End {
	s, end := c.legacyClient(ctx)
	if end.Kind != evidence.EndDone {
		return end
	}
	ctx, late := context.WithTimeout(ctx, c.patience())
	defer late()
	begun, ccs := time.Now(), recordCCS(c.version)
	c.obs.Reaction = &evidence.Reaction{Sent: ccs}
	var err error
	if c.offer.Vector == emptyKeys {
		err = s.InjectCCS(ctx)
	} else if _, err = c.conn.Write(ccs); err == nil {
		err = s.Finish(ctx)
	}
	c.obs.Reaction.After, c.obs.Reaction.End = micros(time.Since(begun)), legacyEnd(s, err).Kind
	switch {
	case err == nil:
		_ = s.Close()
	case c.obs.Reaction.End == evidence.EndAlert:
		c.obs.Reaction.Records = []evidence.Reacted{{Type: tlswire.ContentAlert, Length: 2, Alert: s.Seen.Alert}}
	}
	return evidence.End{Kind: evidence.EndDone}
}

// cannotDecrypt reports whether a reaction is nothing but the alert that a record could not be decrypted, and not early.
func cannotDecrypt(r *evidence.Reaction) bool {
	if r.Early || len(r.Records) != 1 || r.Records[0].Early || r.Records[0].Alert == nil {
		return false
	}
	d := r.Records[0].Alert.Description
	return d == tlswire.AlertBadRecordMAC || d == tlswire.AlertDecryptionFailed
}

// takesCCS reads the reaction to an early ChangeCipherSpec: Yes if what came behind it was decrypted, No if the server minds
// it, or minds that a record came which has no place there. Any other alert behind the second record may be about what that came
// to when it was decrypted, and a hang-up says nothing.
func takesCCS(r *evidence.Reaction) evidence.Answer {
	switch {
	case cannotDecrypt(r):
		return evidence.Yes
	case slices.ContainsFunc(r.Records, func(x evidence.Reacted) bool { return x.Alert == nil }):
		return evidence.Unsure // an answer to a record that has none
	case r.Early && orderly(r), r.End == evidence.EndAlert && last(r).Description == tlswire.AlertUnexpectedMessage:
		return evidence.No
	}
	return evidence.Unsure
}

// last returns the alert that ended a reaction, the zero value if there is none.
func last(r *evidence.Reaction) tlswire.Alert {
	for _, x := range slices.Backward(r.Records) {
		if x.Alert != nil {
			return *x.Alert
		}
	}
	return tlswire.Alert{}
}

// byAlert is takesCCS where the server says it in so many words.
func byAlert(r *evidence.Reaction) evidence.Answer {
	if r.End != evidence.EndAlert {
		return evidence.Unsure
	}
	return takesCCS(r)
}

// blamesKeys reads the reaction to the record alone: Yes if the server speaks of decryption where nothing is encrypted, No if it says
// something else. A hang-up or silence is no word.
func blamesKeys(r *evidence.Reaction) evidence.Answer {
	switch {
	case cannotDecrypt(r):
		return evidence.Yes
	case r.End == evidence.EndAlert, r.End == evidence.EndNotTLS:
		return evidence.No
	}
	return evidence.Unsure
}

// speechless returns the connections in which the server had nothing to say to the record alone.
func (v *view) speechless() (from []string) {
	for i := range v.replies {
		r := &v.replies[i]
		if r.offer.Attack == evidence.CCSInjection && r.offer.Vector == withoutCCS && r.reaction != nil &&
			(r.reaction.End == evidence.EndClosed || r.reaction.End == evidence.EndTimeout) {
			from = append(from, r.id)
		}
	}
	return from
}

// finishes reads how a handshake behind an early ChangeCipherSpec ended.
func finishes(r *evidence.Reaction) evidence.Answer {
	switch {
	case r.End == evidence.EndDone:
		return evidence.Yes
	case orderly(r):
		return evidence.No
	}
	return evidence.Unsure
}

// ccsSeen are the observations that say something about early ChangeCipherSpecs.
type ccsSeen struct {
	takes, minds   []string // it was taken; refused
	waited         []string // it was taken, with time to refuse it
	alert          bool     // it was refused by an alert
	cut            int      // connections that were reset over it
	blames, sober  []string // the record alone is said not to be decrypted; is not
	passes         []string // the handshake was finished as if it had not been
	opens, resists []string // it was finished under keys of an empty master secret; was not
}

func (v *view) ccsSeen() (s ccsSeen) {
	s.takes, s.minds = v.outcome(evidence.CCSInjection, earlyCCS, takesCCS)
	waited, late := v.outcome(evidence.CCSInjection, earlyPatient, takesCCS)
	if s.waited = waited; len(late) > 0 { // what seemed to be about the second record was about the first
		s.takes, s.minds = nil, append(s.minds, late...)
	}
	_, alerts := v.outcome(evidence.CCSInjection, earlyCCS, byAlert)
	_, byPatience := v.outcome(evidence.CCSInjection, earlyPatient, byAlert)
	alerts = append(alerts, byPatience...)
	s.cut = v.count(func(r reply) bool {
		return r.offer.Attack == evidence.CCSInjection && r.offer.Vector == earlyCCS && r.reaction != nil && r.reaction.End == evidence.EndReset
	})
	s.alert = len(alerts) > 0 && slices.Contains(s.minds, alerts[0])
	s.blames, s.sober = v.outcome(evidence.CCSInjection, withoutCCS, blamesKeys)
	if quiet := v.speechless(); len(s.blames)+len(s.sober) == 0 && len(quiet) >= v.wordless(chanceOfYes) {
		s.sober = quiet
	}
	s.passes, _ = v.outcome(evidence.CCSInjection, normalKeys, finishes)
	s.opens, s.resists = v.outcome(evidence.CCSInjection, emptyKeys, finishes)
	return s
}

// accepted reports whether the server was seen to take an early ChangeCipherSpec often enough.
func (s *ccsSeen) accepted() bool {
	return len(s.opens) > 1 || len(s.takes) > 1 && len(s.waited) > 0 && len(s.minds) == 0 && len(s.sober) > 0 && len(s.blames) == 0
}

// refused reports whether it was seen not to: by an alert, by hanging up twice, or by passing over it.
func (s *ccsSeen) refused() bool {
	return len(s.passes) > 0 || len(s.takes)+len(s.opens) == 0 && (s.alert || len(s.minds) > 1)
}

// ccsIn returns the newest version up to TLS 1.2 that is spoken, and its suites. The code in question is the same for all.
func (v *view) ccsIn() (tlswire.Version, []tlswire.Suite) {
	for _, version := range v.spoken() {
		if suites := v.seenSuites(version, func(tlswire.SuiteInfo) bool { return true }); old(version) && len(suites) > 0 {
			return version, suites
		}
	}
	return 0, nil
}

// asked counts the reactions to an attack in form vector.
func (v *view) asked(a evidence.Attack, vector string) int {
	return v.count(func(r reply) bool { return r.offer.Attack == a && r.offer.Vector == vector && r.reaction != nil })
}

// timeouts counts those of them in which the server said nothing in time.
func (v *view) timeouts(a evidence.Attack, vector string) int {
	return v.count(func(r reply) bool {
		return r.offer.Attack == a && r.offer.Vector == vector && r.reaction != nil && r.reaction.End == evidence.EndTimeout
	})
}

func nextCCS(p *plan) (ask, bool) {
	version, suites := p.ccsIn()
	if version == 0 || !p.mayTry(evidence.CCSInjection, evidence.KeyCCSInjection, ccsTries) {
		return ask{}, false
	}
	s, a := p.ccsSeen(), evidence.CCSInjection
	finishable := intersection(suites, canFinish[version])
	early, sure := p.asked(a, earlyCCS), len(s.takes) > 1
	decided := len(s.opens)+len(s.resists) > 1 || len(finishable) == 0
	switch {
	case s.refused():
	case early == 0, early == s.cut && early < p.wordless(chanceOfNo), early < 2+len(s.minds) && early < perCCS, len(s.takes) == 1 && early < perCCS:
		return trying(a, earlyCCS, version, suites), true
	case sure && len(s.sober)+len(s.blames) == 0 && p.asked(a, withoutCCS) < max(perCCS, p.wordless(chanceOfYes)):
		return trying(a, withoutCCS, version, suites), true
	case sure && len(s.waited) == 0 && p.asked(a, earlyPatient) < perCCS:
		return trying(a, earlyPatient, version, suites), true
	case !s.accepted() && p.asked(a, normalKeys) < 2 && len(finishable) > 0:
		return trying(a, normalKeys, version, finishable), true
	case !decided && p.asked(a, emptyKeys) < perCCS && p.timeouts(a, emptyKeys)+p.timeouts(a, normalKeys) <= maxLate:
		return trying(a, emptyKeys, version, finishable), true
	}
	return ask{}, false
}

// intersection returns the members of list that are among others, too.
func intersection(list, others []tlswire.Suite) []tlswire.Suite {
	return slices.DeleteFunc(slices.Clone(list), func(s tlswire.Suite) bool { return !slices.Contains(others, s) })
}

func deriveCCS(d *deriver) {
	f := &d.facts.CCSInjection
	switch s := d.ccsSeen(); {
	case s.accepted():
		*f = s.found()
	case s.refused():
		*f = known(evidence.Weakness{}, slices.Concat(s.minds, s.passes)...)
	case len(d.spoken()) > 0 && d.none(old):
		*f = inapplicable[evidence.Weakness]("no version is spoken in which ChangeCipherSpec means anything")
	default:
		*f = d.untried(evidence.CCSInjection)
		if len(s.takes) > 0 && len(s.minds)+len(s.blames) > 0 {
			f.Why, f.From = "the reactions contradict each other", slices.Concat(s.takes, s.minds, s.blames)
		}
	}
}

// found is the fact where early ChangeCipherSpecs are accepted.
func (s *ccsSeen) found() evidence.Fact[evidence.Weakness] {
	w := evidence.Weakness{Found: true, Kinds: []string{"accepted"}}
	if len(s.takes) > 0 {
		w.Shown = append(w.Shown, "tries to decrypt what comes behind a ChangeCipherSpec before there are keys")
	}
	if len(s.opens) > 1 {
		w.Kinds = append(w.Kinds, "exploitable")
		w.Shown = append(w.Shown, "finishes the handshake under keys that come of an empty master secret")
	}
	return known(w, slices.Concat(s.takes, s.sober, s.opens)...)
}
