package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/policy"
)

// Step is something to do. Its lines can be copied as they are.
type Step struct {
	Title   string   // what it does
	Where   string   // the file that Lines belong into; empty if they are commands
	For     string   // which versions or builds it is for, unless it fits all that the server may be, and whether we tried it
	Lines   []string // commands, or lines of a file
	Note    string   // what else to know
	Warning string   // whom it may hurt
}

// fallback is what must be said before encryption is restricted where it is opportunistic.
const fallback = "A sender that has no version or suite in common with the server delivers without encryption, or not at all."

// Advice returns the steps that cure what f found on a server that seems to be g, the last of which makes the server read
// its configuration. It is empty if f found nothing wrong, the software is not known, or no setting of it helps.
func Advice(f check.Finding, g Guess) []Step {
	s, ok := Named(g.Software)
	if !ok || f.Level < check.Warn {
		return nil
	}
	var out []Step
	for _, x := range s.Settings {
		if slices.Contains(x.Cures, f.Check) && x.concerns(g) {
			out = append(out, s.steps(x, g)...)
		}
	}
	if len(out) > 0 && len(s.After) > 0 {
		out = append(out, Step{Title: "Make the server read it", Lines: s.After})
	}
	return out
}

// concerns reports whether a setting is about the service that g is a guess on.
func (x Setting) concerns(g Guess) bool {
	return (x.Role == "" || x.Role == g.Role) && (len(x.Protocols) == 0 || slices.Contains(x.Protocols, g.Protocol))
}

// steps are those of one setting: for each form that may fit, the commands and the lines.
func (s Software) steps(x Setting, g Guess) []Step {
	var out []Step
	for _, f := range x.forms(g) {
		label := ""
		if !f.always(g) {
			label = f.label(s.Title)
		}
		if s.Tried.How == Cured && !s.Tried.has(f) {
			label = strings.TrimPrefix(label+", "+notTried, ", ")
		}
		commands, where := slices.Clone(f.Run), ""
		lines := named(f.Lines, g.Name)
		if s.Edit != "" {
			for _, l := range lines {
				commands = append(commands, fmt.Sprintf(s.Edit, l))
			}
			lines = nil
		} else {
			where = s.File
		}
		if len(commands) > 0 {
			out = append(out, Step{Title: x.Title, For: label, Lines: named(commands, g.Name)})
		}
		if len(lines) > 0 {
			out = append(out, Step{Title: x.Title, Where: where, For: label, Lines: lines})
		}
	}
	if last := len(out) - 1; last >= 0 {
		out[last].Note = named([]string{x.Note}, g.Name)[0]
		if x.Cuts && g.Role == policy.Relay {
			out[last].Warning = fallback
		}
	}
	return out
}

// anyName stands in the data for the name of the server.
const anyName = "mail.example.org"

// named puts the server's own name into lines. A name with other characters than a host name has is left out, since the
// lines are for a shell.
func named(lines []string, name string) []string {
	plain := !strings.ContainsFunc(name, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '-')
	})
	if name == "" || name[0] == '-' || !plain {
		return slices.Clone(lines)
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = strings.ReplaceAll(l, anyName, name)
	}
	return out
}
