package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
)

// serviceLine is one service that users are led to, and how it does.
type serviceLine struct {
	at       string // host and port; raw
	protocol string // raw
	sources  []string
	level    check.Level
	outcome  string
	insecure bool // whoever sits on the way may have named it
}

// serviceLines are the services that users of d are led to, in their order, those that were found by several ways once; guesses that
// nothing answers at only if silent ones are wanted.
func serviceLines(d *evidence.Domain, own []Endpoint, silent bool) []serviceLine {
	var out []serviceLine
	for _, s := range d.Services.Value {
		at := "none"
		if s.Host != "" {
			at = name(evidence.Target{Host: s.Host, Port: s.Port})
		}
		same := func(l serviceLine) bool { return l.at == at && l.protocol == s.Protocol }
		if i := slices.IndexFunc(out, same); i >= 0 {
			out[i].sources = union(out[i].sources, sourcesOf(s))
			continue
		}
		line := serviceLine{at: at, protocol: s.Protocol, sources: sourcesOf(s), level: check.NotApplicable, insecure: s.Insecure}
		if line.judge(s, own); line.outcome == "" {
			if line.outcome = "not scanned"; s.Host == "" {
				line.outcome = "said not to exist"
			} else if isSilent(d, s) {
				if line.outcome = "no answer"; !silent {
					continue
				}
			}
		}
		out = append(out, line)
	}
	return out
}

// sourcesOf are all the ways by which a service was found.
func sourcesOf(s evidence.MailService) []string {
	out := []string{string(s.Source)}
	for _, also := range s.Also {
		out = union(out, []string{string(also)})
	}
	return out
}

func isSilent(d *evidence.Domain, s evidence.MailService) bool {
	return slices.ContainsFunc(d.Silent, func(t evidence.Target) bool {
		return t.Protocol == s.Protocol && t.Host == s.Host && t.Port == s.Port
	})
}

// judge takes over the worst outcome of the endpoints of s.
func (l *serviceLine) judge(s evidence.MailService, own []Endpoint) {
	worst := -1
	for i, e := range own {
		if e.Target.Protocol == s.Protocol && e.Target.Host == s.Host && e.Target.Port == s.Port && (worst < 0 || worse(e.Verdict, own[worst].Verdict)) {
			worst = i
		}
	}
	if worst >= 0 {
		l.level, l.outcome = levelOf(own[worst].Verdict), outcome(own[worst])
	}
}

// by says how a service was found.
func (l serviceLine) by() string {
	words := map[string]string{"srv": "SRV", "autoconfig": "autoconfig", "autodiscover": "Autodiscover", "guess": "usual name"}
	out := slices.Clone(l.sources)
	for i, s := range out {
		if w, ok := words[s]; ok {
			out[i] = w
		} else {
			out[i] = strconv.Quote(s)
		}
	}
	if l.insecure {
		out = append(out, "read unencrypted")
	}
	return strings.Join(out, ", ")
}
