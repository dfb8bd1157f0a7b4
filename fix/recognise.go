package fix

import (
	"regexp"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// Confidence says how sure it is that a server is what it seems.
type Confidence string

// The confidences, weakest first.
const (
	Unrecognised Confidence = ""
	Claimed      Confidence = "claimed" // the greeting says so, and anybody can write a greeting
	Likely       Confidence = "likely"  // what it says when it need not say its name looks so
	Sure         Confidence = "sure"    // the greeting and its behaviour agree
)

// Guess is which software a server seems to be. The zero value is one of which nothing is known.
type Guess struct {
	Software   string      // name; empty if it was not recognised
	Version    string      // if the server told it, and its behaviour agrees on the software
	Since      string      // the version that first had something it shows; empty if unknown
	Build      string      // TLS library: OpenSSL, GnuTLS, or empty if unknown
	Confidence Confidence  // empty if not recognised
	By         []string    // what it was recognised by: greeting, capabilities, replies
	Role       policy.Role // what the server is asked as
	Protocol   string      // as in evidence.Target
	Name       string      // by which clients call it; empty if unknown
}

// Marks are what a software shows of itself before anybody logs in.
type Marks struct {
	Greeting []string          `json:"greeting,omitempty"` // regular expressions; what the first group matches is the version
	GoAhead  []string          `json:"go_ahead,omitempty"` // parts of the reply to STARTTLS
	Orders   []Order           `json:"orders,omitempty"`   // of capabilities
	Since    map[string]string `json:"since,omitempty"`    // the version that first had a capability
}

// Order is the order in which a software lists its capabilities in some protocols.
type Order struct {
	Protocols []string `json:"protocols"`
	Names     []string `json:"names"` // in upper case, without arguments; those with a "?" may be missing
}

// Recognise guesses the software of a server from its greeting, the order of its capabilities, and its reply to STARTTLS. A
// version is told only where more than the greeting says which software it is.
func Recognise(e *evidence.Endpoint) Guess {
	base := Guess{Role: policy.RoleOf(e.Target.Protocol, e.Target.Port), Protocol: e.Target.Protocol, Name: e.Target.ServerName}
	all, err := All()
	if err != nil {
		return base
	}
	best, weight, tie := base, 0, false
	for _, s := range all {
		g, w := s.weigh(e, base)
		switch {
		case w > weight:
			best, weight, tie = g, w, false
		case w == weight:
			tie = true
		}
	}
	if tie || weight < greetingWeight {
		return base
	}
	return best
}

// A mark weighs as much as it tells apart: the words of the reply to STARTTLS are shared by several.
const (
	orderWeight    = 3
	greetingWeight = 2
	goAheadWeight  = 1
)

// weigh returns the guess that e is s, and how much speaks for it.
func (s Software) weigh(e *evidence.Endpoint, g Guess) (Guess, int) {
	weight := 0
	if !slices.Contains(s.Protocols, e.Target.Protocol) {
		return g, 0
	}
	version, greets := s.Marks.greets(e.Facts.Greeting.Value)
	if greets {
		weight, g.By = weight+greetingWeight, append(g.By, "greeting")
	}
	names := capabilities(e)
	if s.Marks.lists(e.Target.Protocol, names) {
		weight, g.By = weight+orderWeight, append(g.By, "capabilities")
	}
	if s.Marks.goesAhead(e) {
		weight, g.By = weight+goAheadWeight, append(g.By, "replies")
	}
	g.Software = s.Name
	switch behaves := weight - greetingWeight; {
	case !greets:
		g.Confidence = Likely
	case behaves >= orderWeight:
		g.Confidence = Sure
	case behaves > 0:
		g.Confidence = Likely
	default:
		g.Confidence = Claimed
	}
	if g.Confidence != Claimed {
		g.Version = version
		g.Since = s.Marks.since(names)
	}
	g.Build = build(&e.Facts)
	return g, weight
}

// greets reports whether the greeting is this software's, and the version that it tells.
func (m Marks) greets(greeting string) (version string, ok bool) {
	for _, pattern := range m.Greeting {
		re, err := regexp.Compile(pattern)
		if err != nil {
			continue
		}
		if found := re.FindStringSubmatch(greeting); found != nil {
			return strings.Join(found[1:], ""), true
		}
	}
	return "", false
}

// lists reports whether names have the order of this software: all it always has, and no other.
func (m Marks) lists(protocol string, names []string) bool {
	return len(names) > 2 && slices.ContainsFunc(m.Orders, func(o Order) bool {
		return slices.Contains(o.Protocols, protocol) && o.is(names)
	})
}

func (o Order) is(names []string) bool {
	for _, want := range o.Names {
		name, optional := strings.CutSuffix(want, "?")
		switch {
		case len(names) > 0 && names[0] == name:
			names = names[1:]
		case !optional:
			return false
		}
	}
	return len(names) == 0
}

// goesAhead reports whether the reply to STARTTLS has the words of this software.
func (m Marks) goesAhead(e *evidence.Endpoint) bool {
	for _, d := range e.Blobs.Dialogues {
		if d.Outcome != "ready" || len(d.Lines) < 2 {
			continue
		}
		last, asked := d.Lines[len(d.Lines)-1], d.Lines[len(d.Lines)-2]
		if last.From != "server" || asked.From != "client" {
			continue
		}
		for _, words := range m.GoAhead {
			if strings.Contains(last.Text, words) {
				return true
			}
		}
	}
	return false
}

func (m Marks) since(names []string) string {
	since := ""
	for _, n := range names {
		if v := m.Since[n]; v != "" && (since == "" || compareVersions(v, since) > 0) {
			since = v
		}
	}
	return since
}

// capabilities are the names of what a server lists, in its order, without arguments: before TLS, or else inside it.
func capabilities(e *evidence.Endpoint) []string {
	names := e.Facts.Capabilities.Value.Names
	if len(names) == 0 {
		names = e.Facts.CapabilitiesTLS.Value.Names
	}
	var out []string
	for _, n := range names {
		n, _, _ = strings.Cut(n, "=")
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// build tells GnuTLS by a suite of TLS 1.3 that it accepts by default and OpenSSL does not.
func build(f *evidence.Facts) string {
	ccm := evidence.AnyIn(f.Suites, func(v tlswire.Version, s tlswire.Suite) bool { return v == tlswire.TLS13 && s == aes128CCM })
	if ccm == evidence.Yes {
		return "GnuTLS"
	}
	return ""
}

const aes128CCM tlswire.Suite = 0x1304
