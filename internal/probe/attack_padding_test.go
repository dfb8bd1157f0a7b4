package probe

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

const (
	alertClosed  = "mac closed"
	otherClosed  = "other closed"
	alertReset   = "mac reset"
	justClosed   = "closed"
	justReset    = "reset"
	justTimeout  = "timeout"
	answeredDone = "answer done"
	overflowed   = "overflow closed"
)

// reactionOf makes a reaction of a word for it.
func reactionOf(word string) *evidence.Reaction {
	r := &evidence.Reaction{}
	for _, w := range bytes.Fields([]byte(word)) {
		alert := func(d tlswire.AlertDescription) {
			r.Records = append(r.Records, evidence.Reacted{Type: tlswire.ContentAlert, Length: 48,
				Alert: &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: d}})
		}
		switch string(w) {
		case "mac":
			alert(tlswire.AlertBadRecordMAC)
		case "other":
			alert(tlswire.AlertDecryptError)
		case "overflow":
			alert(tlswire.AlertRecordOverflow)
		case "unexpected":
			alert(tlswire.AlertUnexpectedMessage)
		case "farewell":
			r.Records, r.Text = append(r.Records, evidence.Reacted{Type: tlswire.ContentApplicationData, Length: 48}), []string{"421 bad record\r\n"}
		case "answer":
			r.Records, r.Text = append(r.Records, evidence.Reacted{Type: tlswire.ContentApplicationData, Length: 48}), []string{"250 ok"}
		default:
			r.End = evidence.EndKind(w)
		}
	}
	return r
}

// play lets a server react to whatever is asked until nothing is, and returns what was seen of it, and the connections.
func play(react func(vector string, n int) string) (*oracle, int) {
	v := &view{}
	for n := 0; ; n++ {
		o := v.oracle()
		vector := o.next(func(vector string) (int, int) {
			return v.count(func(r reply) bool { return r.offer.Vector == vector }), 0
		})
		if vector == "" {
			return o, n
		}
		offer := evidence.Offer{Attack: evidence.PaddingOracle, Vector: vector}
		v.replies = append(v.replies, reply{id: offer.Vector, offer: offer, start: time.Duration(n), reaction: reactionOf(react(offer.Vector, n))})
	}
}

// just lets a server react to some vectors otherwise than to the others.
func just(usual string, other map[string]string) func(string, int) string {
	return func(vector string, _ int) string {
		if word, ok := other[vector]; ok {
			return word
		}
		return usual
	}
}

func TestPaddingKinds(t *testing.T) {
	for name, x := range map[string]struct {
		react func(string, int) string
		want  []string
		conns int
	}{
		"healthy":                {just(alertClosed, nil), nil, 6},
		"closes":                 {just(justClosed, nil), nil, 6},
		"resets":                 {just(justReset, nil), nil, 18},
		"says why":               {just("farewell closed", nil), nil, 6},
		"alert, and says why":    {just("mac farewell closed", nil), nil, 6},
		"alert, and an answer":   {just("mac answer done", nil), nil, 6},
		"keeps the connection":   {just("mac timeout", nil), nil, 18},
		"POODLE":                 {just(alertClosed, map[string]string{badPadding: answeredDone}), []string{poodleTLS}, 24},
		"Zombie POODLE":          {just(alertClosed, map[string]string{badPadding: justClosed}), []string{zombiePOODLE}, 24},
		"Sleeping POODLE":        {just(alertClosed, map[string]string{badPadding: justTimeout}), []string{sleepingPOODLE}, 26},
		"GOLDENDOODLE":           {just(alertClosed, map[string]string{badMAC: otherClosed, zeroLength: otherClosed}), []string{goldenDoodle}, 24},
		"GOLDENDOODLE by resets": {just(alertClosed, map[string]string{badMAC: alertReset, zeroLength: alertReset}), []string{goldenDoodle}, 28},
		"no MAC":                 {just(alertClosed, map[string]string{badMAC: answeredDone, zeroLength: justTimeout}), []string{goldenDoodle}, 26},
		"nothing is checked":     {just(answeredDone, nil), []string{goldenDoodle}, 24},
		"zero length":            {just(alertClosed, map[string]string{zeroLength: justClosed}), []string{zeroLengthKind}, 24},
		"Lucky minus 20":         {just(alertClosed, map[string]string{fullPadding: overflowed}), []string{luckyMinus20}, 24},
	} {
		t.Run(name, func(t *testing.T) {
			o, n := play(x.react)
			if !o.decided() || o.uniform() != (len(x.want) == 0) {
				t.Fatalf("decided %v, uniform %v after %d connections: %v", o.decided(), o.uniform(), n, o.of)
			}
			if got := o.kinds(); len(x.want) > 0 && !slices.Equal(got, x.want) {
				t.Errorf("%v, want %v", got, x.want)
			}
			if n > x.conns {
				t.Errorf("%d connections, want no more than %d", n, x.conns)
			}
		})
	}
}

// A line that resets now and then, or a server that has enough after a while, is no oracle.
func TestPaddingNoise(t *testing.T) {
	for name, react := range map[string]func(string, int) string{
		"every third": func(_ string, n int) string { return []string{alertClosed, alertClosed, justReset}[n%3] },
		"after the first": func(_ string, n int) string {
			if n > 0 {
				return justReset
			}
			return alertClosed
		},
		"one vector, from then on all": func(vector string, n int) string {
			if vector == longPadding || n > 8 {
				return justTimeout
			}
			return alertClosed
		},
	} {
		t.Run(name, func(t *testing.T) {
			if o, _ := play(react); o.decided() && !o.uniform() {
				t.Errorf("an oracle: %v", o.shown(tlswire.TLS12, 0))
			}
		})
	}
}

// All malformed records are of one length, and wrong in what they are to be wrong in.
func TestMalform(t *testing.T) {
	for _, mac := range []int{16, 20, 32, 48} {
		lengths := map[int]bool{}
		for _, vector := range paddingVectors {
			p := legacy.Parts{Content: []byte("NOOP\r\n"), MAC: make([]byte, mac), Padding: []byte{0}}
			malform(vector)(&p)
			lengths[len(p.Content)+len(p.MAC)+len(p.Padding)] = true
			valid := bytes.Count(p.Padding, p.Padding[len(p.Padding)-1:]) == len(p.Padding)
			if want := vector != badBoth && vector != badPadding; valid != want {
				t.Errorf("%s: padding %x", vector, p.Padding)
			}
			if right := bytes.Equal(p.MAC, make([]byte, mac)); right != (vector == badPadding) {
				t.Errorf("%s: MAC %x", vector, p.MAC)
			}
		}
		if len(lengths) != 1 {
			t.Errorf("lengths %v", lengths)
		}
	}
}
