package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/policy"
)

// remedies are the changes that end what a check finds, where there is a plain one: to accept something no longer.
func remedies() []struct{ check, change string } {
	return []struct{ check, change string }{
		{"protocol-sslv3", "sslv3"}, {"protocol-tls10", "tls1.0"}, {"protocol-tls11", "tls1.1"}, {"null", "null"}, {"anon", "anon"},
		{"export", "export"}, {"des", "des"}, {"rc4", "rc4"}, {"sweet32", "3des"}, {"cbc", "cbc"}, {"static-rsa", "rsa-kx"}, {"weak-dh", "dhe"},
	}
}

// cutTitle stands above the lines of cutOffs.
const cutTitle = "Who would be cut off"

// cutOffs tells which programs could no longer come if what was found were accepted no longer; see [cuttings.lines].
func cutOffs(e Endpoint, clients []client.Profile, few int) []labelled {
	return cuttingsOf(e, clients).lines(few)
}

// cuttings are whom the changes would cut off that end what was found: each by itself, and all of them.
type cuttings struct {
	groups []audience
	each   []cutting
	all    cutting
}

// A cutting is whom a change cuts off, by kind, as the groups are.
type cutting struct {
	change string
	cuts   []client.Cuts
}

func cuttingsOf(e Endpoint, clients []client.Profile) cuttings {
	changes := remediesOf(e)
	if len(changes) == 0 {
		return cuttings{}
	}
	out := cuttings{groups: audiences(e, clients)}
	if len(out.groups) == 0 {
		return cuttings{}
	}
	for _, c := range changes {
		out.each = append(out.each, cutting{c.Name, cutBy(e, out.groups, c)})
	}
	out.all = out.each[0]
	if len(changes) > 1 {
		out.all = cutting{"", cutBy(e, out.groups, changes...)}
	}
	return out
}

// lines has the change as the label of each line, the last perhaps none. A line names at most few programs of a kind, and with
// few = 0 all of them, also those of which it is not known.
func (c cuttings) lines(few int) []labelled {
	if len(c.each) == 0 {
		return nil
	}
	var out []labelled
	var harmless []string
	last := ""
	for _, one := range c.each {
		if one.nobody() {
			harmless = append(harmless, one.change)
			continue
		}
		last = one.text(c.groups, few)
		out = append(out, labelled{"without " + one.change, last})
	}
	switch len(harmless) {
	case 0:
	case 1:
		out = append(out, labelled{"without " + harmless[0], "nobody"})
	default:
		out = append(out, labelled{"without others", "nobody: " + strings.Join(harmless, ", ")})
	}
	if text := c.all.text(c.groups, few); text != last && !c.all.nobody() {
		out = append(out, labelled{"without all", text})
	}
	if last != "" && c.groups[len(c.groups)-1].kind == sendingServer {
		out = append(out, labelled{"", "Most sending servers send in the clear where TLS fails."})
	}
	return out
}

// remediesOf are the changes that would end what is wrong with e.
func remediesOf(e Endpoint) []client.Change {
	var out []client.Change
	for _, r := range remedies() {
		wrong := slices.ContainsFunc(e.Findings, func(f check.Finding) bool { return f.Check == r.check && f.Level >= check.Warn })
		if c, ok := client.ChangeNamed(r.change); ok && wrong && c.Touches(e.Endpoint) {
			out = append(out, c)
		}
	}
	return out
}

// audience is those of a kind that would come to a server, and what they get from it.
type audience struct {
	kind     string
	profiles []client.Profile
	results  []client.Result
}

const sendingServer = "sending server"

// audiences are those that come to e, without kinds that are empty. To a relay, libraries come, too, and are hardly worth a
// line.
func audiences(e Endpoint, clients []client.Profile) []audience {
	users, senders := client.Coming(clients, e.Target.Protocol)
	var out []audience
	if len(users) > 0 && e.Judged.Role != policy.Relay {
		out = append(out, audience{"mail client", users, client.Results(users, e.Endpoint)})
	}
	if len(senders) > 0 {
		out = append(out, audience{sendingServer, senders, client.Results(senders, e.Endpoint)})
	}
	return out
}

// cutBy tells whom changes cut off, of each group.
func cutBy(e Endpoint, groups []audience, changes ...client.Change) []client.Cuts {
	after := client.Without(e.Endpoint, changes...)
	var out []client.Cuts
	for _, g := range groups {
		out = append(out, client.CutOff(g.profiles, g.results, after))
	}
	return out
}

// nobody reports whether it cuts off nobody for certain.
func (c cutting) nobody() bool {
	return !slices.ContainsFunc(c.cuts, func(cuts client.Cuts) bool { return len(cuts.Off)+len(cuts.Open) > 0 })
}

func (c cutting) text(groups []audience, few int) string {
	var parts []string
	for i, cuts := range c.cuts {
		part := fmt.Sprintf("%d of %s", len(cuts.Off), plural(len(groups[i].profiles), groups[i].kind))
		if len(cuts.Off) > 0 {
			part += ": " + namesOf(cuts.Off, few)
		}
		if len(cuts.Open) > 0 {
			part += fmt.Sprintf("; not known of %d", len(cuts.Open))
			if few == 0 {
				part += ": " + namesOf(cuts.Open, few)
			}
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func namesOf(cuts []client.Cut, few int) string {
	var names []string
	for _, c := range cuts {
		names = append(names, c.Profile.Name)
	}
	if n := len(names) - few; n > 0 && few > 0 {
		return strings.Join(names[:few], ", ") + " and " + plural(n, "other")
	}
	return strings.Join(names, ", ")
}
