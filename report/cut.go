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

// cutOffs tells which programs could no longer come if what was found were accepted no longer: for each finding by itself,
// and for all of them. Each line has the change as its label, the last perhaps none. A line names at most few programs of a
// kind, and with few = 0 all of them, also those of which it is not known.
func cutOffs(e Endpoint, clients []client.Profile, few int) []labelled {
	all := remediesOf(e)
	if len(all) == 0 {
		return nil
	}
	groups := audiences(e, clients)
	if len(groups) == 0 {
		return nil
	}
	var out []labelled
	var harmless []string
	last := ""
	for _, c := range all {
		text, nobody := cutBy(e, groups, few, c)
		if nobody {
			harmless = append(harmless, c.Name)
			continue
		}
		last = text
		out = append(out, labelled{"without " + c.Name, text})
	}
	switch len(harmless) {
	case 0:
	case 1:
		out = append(out, labelled{"without " + harmless[0], "nobody"})
	default:
		out = append(out, labelled{"without others", "nobody: " + strings.Join(harmless, ", ")})
	}
	if text, nobody := cutBy(e, groups, few, all...); text != last && !nobody {
		out = append(out, labelled{"without all", text})
	}
	if last != "" && groups[len(groups)-1].kind == sendingServer {
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

// cutBy tells whom changes cut off, by kind, and whether it is nobody for certain.
func cutBy(e Endpoint, groups []audience, few int, changes ...client.Change) (text string, nobody bool) {
	after := client.Without(e.Endpoint, changes...)
	var parts []string
	nobody = true
	for _, g := range groups {
		cuts := client.CutOff(g.profiles, g.results, after)
		nobody = nobody && len(cuts.Off)+len(cuts.Open) == 0
		part := fmt.Sprintf("%d of %s", len(cuts.Off), plural(len(g.profiles), g.kind))
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
	return strings.Join(parts, "; "), nobody
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
