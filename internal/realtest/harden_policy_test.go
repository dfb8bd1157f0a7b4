package realtest

import (
	"flag"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

var allPolicies = flag.Bool("all-policies", false, "harden servers by every policy, not by one each")

// TestHardenByPolicy starts servers with the configuration that is printed for a policy, and judges them by it: nothing
// fails but what it says it leaves open. By default it tries one policy with each server, with -all-policies all that are built in.
func TestHardenByPolicy(t *testing.T) {
	if testing.Short() {
		t.Skip("scans servers")
	}
	t.Parallel()
	for _, c := range []struct {
		software, version, service string
		usual                      []string
		start                      func([]Key, []string) Starter
	}{
		{"postfix", "3.7", "smtp", []string{"bsi-tr-02102-2"}, func(k []Key, lines []string) Starter { return Postfix{Keys: k, Parameters: lines} }},
		{"dovecot", "2.3", "imaps", []string{"mozilla-modern"}, func(k []Key, lines []string) Starter { return Dovecot{Keys: k, Parameters: lines} }},
		{"exim", "", "smtp", []string{"mozilla-old"}, func(k []Key, lines []string) Starter { return Exim{Keys: k, Parameters: lines} }},
	} {
		t.Run(c.software, func(t *testing.T) {
			t.Parallel()
			names := c.usual
			if *allPolicies {
				names = policy.Names()
			}
			for _, name := range names {
				t.Run(name, func(t *testing.T) {
					p, err := policy.Named(name)
					if err != nil {
						t.Fatal(err)
					}
					s, ok := fix.Named(c.software)
					if !ok {
						t.Fatal("there is no data for it")
					}
					text, err := s.HardenBy(c.version, p.At(time.Now()))
					if err != nil {
						t.Fatal(err)
					}
					key := ECDSA
					if name == "mozilla-old" { // which wants RSA
						key = RSA
					}
					server := Start(t, c.start([]Key{key}, parametersIn(text, s.Comment)))
					host, port, _ := net.SplitHostPort(server.Addr(c.service))
					judgeBy(t, c.service+"://"+Host+":"+port, host, p, text)
				})
			}
		})
	}
}

// TestHardenedFrontsByPolicy does the same with programs that do TLS before a mail server.
func TestHardenedFrontsByPolicy(t *testing.T) {
	if testing.Short() {
		t.Skip("scans servers")
	}
	t.Parallel()
	usual := map[string]string{"nginx": "mozilla-intermediate", "haproxy": "mozilla-old", "stunnel": "mozilla-modern"}
	for _, f := range fronts() {
		for _, name := range policy.Names() {
			if !*allPolicies && name != usual[f.software] {
				continue
			}
			t.Run(f.software+"/"+name, func(t *testing.T) {
				t.Parallel()
				Need(t, f.software)
				p, err := policy.Named(name)
				if err != nil {
					t.Fatal(err)
				}
				f := f
				f.by = p.At(time.Now())
				text, err := f.printed()
				if err != nil {
					t.Fatal(err)
				}
				server, err := start(t.Context(), f.prepare)
				if err != nil {
					t.Fatalf("%v\nof\n%s", err, text)
				}
				t.Cleanup(server.Close)
				host, port, _ := net.SplitHostPort(server.Addr(f.protocol))
				judgeBy(t, f.protocol+"://"+Host+":"+port, host, p, text)
			})
		}
	}
}

// parametersIn are the lines of a configuration that a test server takes over: not those about its certificate, its ports
// and its log, which it has its own way for.
func parametersIn(text, comment string) []string {
	var out []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		name, _, _ := strings.Cut(line, "=")
		own := false
		for _, word := range []string{"smtpd_tls_chain_files", "smtp_", "ssl_cert ", "ssl_key ", "tls_certificate", "tls_privatekey", "tls_advertise_hosts",
			"tls_on_connect_ports", "daemon_smtp_ports", "port ", "log_selector", "auth_advertise_hosts"} {
			own = own || strings.HasPrefix(name, word)
		}
		if line != "" && !strings.HasPrefix(line, comment) && !own {
			out = append(out, line)
		}
	}
	return out
}

// leftOpen are the rows that a configuration names as left open.
func leftOpen(text string) []string {
	text = strings.Join(strings.Fields(strings.NewReplacer("#", " ", "\n;", " ").Replace(text)), " ")
	_, rest, _ := strings.Cut(text, "LEFT OPEN")
	_, rest, _ = strings.Cut(rest, ": ")
	rows, _, _ := strings.Cut(rest, `. ("mailtls policies`)
	return strings.Split(rows, ", ")
}

// judgeBy scans a server and wants nothing of it to fail by p but the kind of its certificate, and what the configuration
// says it leaves open.
func judgeBy(t *testing.T, target, ip string, p *policy.Policy, text string) {
	t.Helper()
	roots, err := Roots()
	if err != nil {
		t.Fatal(err)
	}
	r, err := mailtls.Scan(t.Context(), target, &mailtls.Config{IP: ip, Roots: roots, Skip: attackIDs(), Policies: []*policy.Policy{p}})
	if err != nil {
		t.Fatal(err)
	}
	findings := r.Endpoints[0].Findings // of the policy mail
	for _, o := range r.Endpoints[0].Others {
		if o.Policy == p.Name {
			findings = o.Findings
		}
	}
	chosen := make(map[string]bool) // rows that whoever gets a certificate answers
	for row := range p.Rows() {
		chosen[row.ID] = row.Field == "cert_key_lists" || row.Field == "cert_signed_lists" || row.Field == "lifetimes"
		if row.Field == "keys" && row.Rule.For(policy.Access).Severity >= policy.Warn && strings.HasPrefix(row.ID, "rsa-below-3") {
			chosen["cert-weak-key"] = true // ours have 2048 bits
		}
	}
	for _, id := range leftOpen(text) {
		chosen[id] = true
	}
	decided := 0
	for _, f := range findings {
		if f.Level != check.Undecided && f.Level != check.NotApplicable {
			decided++
		}
		if f.Level == check.Fail && !chosen[f.Check] {
			t.Errorf("%s: %s [%s]", f.Check, report.Escape(f.Message), f.Clause)
		}
	}
	if decided < 5 {
		t.Errorf("only %d rows were decided: does the server answer?", decided)
	}
	if t.Failed() {
		t.Logf("the configuration:\n%s", text)
	}
}
