package hostiletest

import (
	"context"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/mailtls/mailtls/starttls"
)

func labServer(t *testing.T, name string, p starttls.Protocol) lab.Server {
	t.Helper()
	s, ok := lab.ByName(name)
	if !ok {
		t.Fatalf("the lab has no %s", name)
	}
	if p != "" {
		s.Protocol = p
	}
	return s
}

// TestRelays wants what checks say only of servers between mail domains, which the lab's table cannot tell.
func TestRelays(t *testing.T) {
	for _, c := range []struct{ server, check, want string }{
		{"auth-on-25", "auth-on-25", "note"},
		{"strong", "auth-on-25", "pass"},
		{"requiretls", "requiretls", "note"},
		{"strong", "requiretls", "pass"},
	} {
		t.Run(c.server+"/"+c.check, func(t *testing.T) {
			t.Parallel()
			ep := scan(t, labServer(t, c.server, ""), probe.Config{Timeout: 2 * time.Second})
			for _, f := range judged(t, ep).Endpoints[0].Findings {
				if f.Check == c.check && level(f) != c.want {
					t.Errorf("%s, want %s: %s", level(f), c.want, f.Message)
				}
			}
		})
	}
}

// TestPorts scans two ports of a host, and wants what a check says of the first beside the second.
func TestPorts(t *testing.T) {
	for _, c := range []struct {
		name          string
		first, second lab.Server
		closed        bool // nothing answers on the second
		check, want   string
		says          string // a part of the message
	}{
		{"993 has TLS", labServer(t, "strong", starttls.IMAP), labServer(t, "strong", starttls.IMAPS), false, "implicit-tls-missing", "pass", "is TLS from the first byte"},
		{"993 is closed", labServer(t, "strong", starttls.IMAP), labServer(t, "strong", starttls.IMAPS), true, "implicit-tls-missing", "warn", "is closed"},
		{"995 is closed", labServer(t, "strong", starttls.POP3), labServer(t, "strong", starttls.POP3S), true, "implicit-tls-missing", "warn", "is closed"},
		{"465 was not asked", labServer(t, "strong", starttls.Submission), labServer(t, "strong", starttls.IMAPS), true, "implicit-tls-missing", "notapplicable", "was not asked"},
		{"143 beside 993", labServer(t, "strong", starttls.IMAP), labServer(t, "strong", starttls.IMAPS), false, "cleartext-port-open", "note", "begins in the clear"},
		{"143 without 993", labServer(t, "strong", starttls.IMAP), labServer(t, "strong", starttls.IMAPS), true, "cleartext-port-open", "pass", "no port beside it"},
		{"TLS 1.0 and 1.1 on 587 alone", labServer(t, "tls11", starttls.Submission), labServer(t, "strong", starttls.IMAPS), false, "port-inconsistency", "note", "accepts TLS 1.0, TLS 1.1 and suites of static-rsa, which port"},
		{"another certificate on 993", labServer(t, "strong", starttls.Submission), labServer(t, "strong", starttls.IMAPS), false, "port-inconsistency", "note", "has another certificate than port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := twoPorts(t, c.first, c.second, c.closed)
			for _, f := range r.Endpoints[0].Findings {
				if f.Check == c.check && (level(f) != c.want || !strings.Contains(f.Message, c.says)) {
					t.Errorf("%s, want %s, %q: %s", level(f), c.want, c.says, f.Message)
				}
			}
		})
	}
}

// TestHosts scans two servers as if they were on two hosts, and wants what cert-reused-key says of both. Lab servers of one
// authority share their keys by kind.
func TestHosts(t *testing.T) {
	alone := func(kind lab.KeyKind) lab.Server {
		s := labServer(t, "cert-rsa-alone", starttls.SMTP)
		s.Certificates = []lab.Certificate{{Key: kind, Subject: string(kind)}}
		return s
	}
	another := alone(lab.RSA1024)
	renewed := alone(lab.RSA2048)
	renewed.Certificates[0].Age = 30 * 24 * time.Hour
	for _, c := range []struct {
		name          string
		first, second lab.Server
		oneHost       bool
		want          string
	}{
		{"the same key in two certificates", alone(lab.RSA2048), renewed, false, "note"},
		{"one of two keys", alone(lab.RSA2048), labServer(t, "strong", starttls.IMAPS), false, "note"},
		{"keys of their own", alone(lab.RSA2048), another, false, "pass"},
		{"two ports of a host", alone(lab.RSA2048), labServer(t, "strong", starttls.IMAPS), true, "notapplicable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg := probe.Config{Timeout: 2 * time.Second}
			a, b := scan(t, c.first, cfg), scan(t, c.second, cfg)
			if !c.oneHost {
				b.Target.Host, b.Target.Address = "mail2.lab.test", "127.0.0.2"
			}
			mail, err := policy.Named(policy.Mail)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range report.Build(evidence.Tool{Name: "mailtls"}, evidence.Run{}, mail, a, b).Endpoints {
				i := slices.IndexFunc(e.Findings, func(f check.Finding) bool { return f.Check == "cert-reused-key" })
				if i < 0 || level(e.Findings[i]) != c.want {
					t.Errorf("%s: want %s: %+v", e.Target.Host, c.want, e.Findings)
				}
			}
		})
	}
}

// twoPorts is the report on two servers that look like ports of one host.
func twoPorts(t *testing.T, first, second lab.Server, closed bool) *report.Report {
	t.Helper()
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	cfg := probe.Config{Timeout: 2 * time.Second}
	a := scan(t, first, cfg)
	if closed {
		cfg.Dial = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
		}
	}
	return report.Build(evidence.Tool{Name: "mailtls"}, evidence.Run{}, mail, a, scan(t, second, cfg))
}
