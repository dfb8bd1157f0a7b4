package notify

import (
	"strings"
	"testing"
	"unicode"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestCompose reads what people are told of a server that became worse, and better again.
func TestCompose(t *testing.T) {
	l := newLooks(t)
	well := l.endpoints[0].Facts
	bad := well
	bad.Versions.Value = append([]tlswire.Version{tlswire.SSLv3}, well.Versions.Value...)
	l.endpoints[0].Facts = bad
	l.look(t)
	m := Compose("example.org", l.look(t).Changes, nil, Links{Report: "https://mailtls.example/scans/1"})
	for _, want := range []string{"What is worse:", "offers SSLv3", "What to do:", "https://mailtls.example/scans/1", "was pass"} {
		if !strings.Contains(m.Body, want) {
			t.Errorf("the body does not say %q:\n%s", want, m.Body)
		}
	}
	if !strings.HasPrefix(m.Subject, "example.org: ") || !strings.Contains(m.Subject, "offers SSLv3 on mx2.example.org:25") {
		t.Errorf("subject %q", m.Subject)
	}
	l.endpoints[0].Facts = well
	l.look(t)
	m = Compose("example.org", l.look(t).Changes, nil, Links{})
	if !strings.Contains(m.Body, "for the better") || !strings.Contains(m.Body, "no longer: SSLv3 is offered") || strings.Contains(m.Body, "What to do") {
		t.Errorf("subject %q, body:\n%s", m.Subject, m.Body)
	}
	d := Digest("ours", []Message{m, m})
	if d.Subject != "ours: 2 changes" || strings.Count(d.Body, "for the better") != 2 {
		t.Errorf("digest %q:\n%s", d.Subject, d.Body)
	}
}

// TestHostile wants nothing of what servers say to end a line, or to be huge.
func TestHostile(t *testing.T) {
	nasty := "x\r\nBcc: a@b\n<script>\x1b[31m\u202e\x00\xff" + strings.Repeat("y", 100_000)
	l := newLooks(t)
	e := l.endpoints[0]
	e.Target.Host = nasty
	e.Facts.Versions.Value = append([]tlswire.Version{tlswire.SSLv3}, e.Facts.Versions.Value...)
	for _, c := range e.Blobs.Certificates {
		c.SHA256, c.Subject.CommonName, c.Issuer.Organization = nasty, nasty, nasty
	}
	l.domain.Hosts[nasty] = &evidence.MailHost{TLSA: map[int]evidence.Fact[evidence.TLSA]{25: {State: evidence.Known, Value: evidence.TLSA{Records: []string{nasty}}}}}
	l.domain.STS = evidence.Fact[evidence.STSRecord]{State: evidence.Known}
	l.domain.Policy = evidence.Fact[evidence.STSPolicy]{State: evidence.Known, Value: evidence.STSPolicy{Mode: nasty, MX: []string{nasty}}}
	l.look(t)
	l.domain.Exchange = evidence.Fact[evidence.Exchange]{State: evidence.Unknown, Why: nasty}
	l.domain.Hosts[nasty].TLSA[25] = evidence.Fact[evidence.TLSA]{State: evidence.Known, Value: evidence.TLSA{Records: []string{"\n" + nasty}}}
	l.look(t)
	out := l.look(t)
	if len(out.Changes) == 0 {
		t.Fatal("nothing is told")
	}
	m := Compose(nasty, out.Changes, nil, Links{})
	for _, text := range append([]string{m.Subject}, strings.Split(m.Body, "\n")...) {
		if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || len(text) > 4000 {
			t.Errorf("%d bytes: %q", len(text), text[:min(len(text), 300)])
		}
	}
	for key, value := range l.state.Told {
		if len(key)+len(value) > 8000 {
			t.Errorf("%d bytes are remembered of %q", len(key)+len(value), key[:100])
		}
	}
	if out := l.look(t); len(out.Changes) > 0 || out.Again {
		t.Errorf("told twice: %s", kinds(out.Changes))
	}
}
