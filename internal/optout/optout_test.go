package optout

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/internal/resolve"
)

const zone = `
	_mailtls-optout.quiet.test. TXT "optout"
	_mailtls-optout.mx.wordy.test. TXT "v=spf1 -all"
	_mailtls-optout.mx.wordy.test. TXT "OptOut please, postmaster@wordy.test"
	*.wild.test. TXT "v=spf1 -all"
	_mailtls-optout.wild.test. TXT "v=spf1 -all"
	_mailtls-optout.test. TXT "optout"
	_mailtls-optout.outer.test. TXT "optouts"
`

func TestTarget(t *testing.T) {
	r, err := resolve.NewTwin(zone, nil, map[string]string{"_mailtls-optout.dead.test.": "no reply"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := Read(strings.NewReader("# ours\nlisted.test\nxn--bcher-kva.test\n192.0.2.0/24 # all\n2001:db8::25\nMX.Alone.test.\n"))
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]string{
		"quiet.test": "TXT record of _mailtls-optout.quiet.test", "smtp://mx.quiet.test:25": "quiet.test", "a.b.quiet.test": "quiet.test", "someone@quiet.test": "quiet.test",
		"smtp://mx.wordy.test": "mx.wordy.test", "wordy.test": "", "wild.test": "", "smtp://mx.wild.test:25": "", "outer.test": "", "dead.test": "", "nobody.test": "",
		"listed.test": "listed.test", "imaps://deep.mail.listed.test": "listed.test", "bücher.test": "xn--bcher-kva.test", "unlisted.test": "",
		"smtp://mx.alone.test:587": "mx.alone.test", "alone.test": "",
		"smtp://192.0.2.7:25": "no scans", "smtp://192.0.3.7:25": "", "smtp://[2001:db8::25]:25": "no scans", "smtp://[::ffff:192.0.2.7]:25": "no scans",
	} {
		switch err := l.Target(t.Context(), r, target); {
		case (err == nil) != (want == ""):
			t.Errorf("%s: %v, want %q", target, err, want)
		case err != nil && !strings.Contains(err.Error(), want):
			t.Errorf("%s: %v, want %q", target, err, want)
		}
	}
	if l.Address(netip.MustParseAddr("::ffff:192.0.2.1")) == nil || l.Address(netip.MustParseAddr("192.0.1.255")) != nil || new(List).Address(netip.MustParseAddr("192.0.2.1")) != nil {
		t.Error("addresses are not told apart")
	}
}

// counting counts the questions that it passes on.
type counting struct {
	resolve.Resolver
	asked []string
}

func (c *counting) Lookup(ctx context.Context, name string, t resolve.Type) (*resolve.Answer, error) {
	c.asked = append(c.asked, name)
	return c.Resolver.Lookup(ctx, name, t)
}

// TestHost asks of a host, and of what is above it, in the order in which that is likely to be known already, and no further than to the first
// that says so.
func TestHost(t *testing.T) {
	twin, err := resolve.NewTwin(zone, nil, map[string]string{"_mailtls-optout.dead.test.": "no reply"})
	if err != nil {
		t.Fatal(err)
	}
	l := &List{names: map[string]bool{"listed.test": true}}
	for host, want := range map[string]struct {
		why   string
		asked []string
	}{
		"MX.quiet.test.":  {"quiet.test", []string{"_mailtls-optout.quiet.test."}},
		"mx.wordy.test":   {"mx.wordy.test", []string{"_mailtls-optout.wordy.test.", "_mailtls-optout.mx.wordy.test."}},
		"mx.dead.test":    {"", []string{"_mailtls-optout.dead.test.", "_mailtls-optout.mx.dead.test."}},
		"a.b.listed.test": {"listed.test is left alone", nil},
	} {
		r := &counting{Resolver: twin}
		if err := l.Host(t.Context(), r, host); (err == nil) != (want.why == "") || err != nil && !strings.Contains(err.Error(), want.why) {
			t.Errorf("%s: %v, want %q", host, err, want.why)
		}
		if !slices.Equal(r.asked, want.asked) {
			t.Errorf("%s: asked %q, want %q", host, r.asked, want.asked)
		}
	}
}

// TestAbove bounds what a long name has us ask.
func TestRead(t *testing.T) {
	for text, want := range map[string]string{
		"a.test\nno_name!\n":              "line 2:",
		"192.0.2.1/24":                    "did you mean 192.0.2.0/24",
		strings.Repeat("a", maxLine+1):    "line 1:",
		"\n\n" + strings.Repeat("x", 300): "line 3:",
		"::ffff:192.0.2.0/120":            "a network of IPv4",
		"a.test\n\x00\xff\n":              "line 2:",
	} {
		if l, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, %v; want %q", text, l, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.test\n192.0.2.0/24 # x\n")
	f.Fuzz(func(t *testing.T, text string) {
		if l, err := Read(strings.NewReader(text)); err == nil && l == nil {
			t.Error("nothing was read, and nothing is wrong")
		}
	})
}
