package discover

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/testca"
	"github.com/mailtls/mailtls/mtasts"
)

const records = `
	good.test. MX 10 mx1.good.test.
	good.test. MX 10 mx0.good.test.
	good.test. MX 5 alias.good.test.
	mx0.good.test. A 127.0.0.10
	mx0.good.test. AAAA ::1
	mx1.good.test. A 127.0.0.11
	alias.good.test. CNAME mx.open.test.
	mx.open.test. A 127.0.0.12
	_25._tcp.mx0.good.test. TLSA 3 1 1 ` + "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a" + `
	10.0.0.127.in-addr.arpa. PTR mx0.good.test.
	11.0.0.127.in-addr.arpa. PTR other.test.
	_imaps._tcp.good.test. SRV 0 1 993 mx0.good.test.
	_pop3._tcp.good.test. SRV 0 0 0 .
	_mta-sts.good.test. TXT "v=STSv1; id=1;"
	_smtp._tls.good.test. TXT "v=TLSRPTv1; rua=mailto:a@good.test"
	good.test. CAA 0 issue "ca.test"
	null.test. MX 0 .
	implicit.test. A 127.0.0.13
	nothing.test. TXT "x"
	literal.test. MX 10 192.0.2.1.
	badsts.test. MX 10 mx0.good.test.
	badsts.test. TXT "x"
	_mta-sts.badsts.test. TXT "v=STSv1; id=?;"
	_smtp._tls.badsts.test. TXT "v=TLSRPTv1; rua=http://x"
	mta-sts.good.test. A 127.0.0.1
	mta-sts.badsts.test. A 127.0.0.1
`

func twin(t *testing.T) *resolve.Twin {
	t.Helper()
	w, err := resolve.NewTwin(records, map[string]resolve.Status{"good.test.": resolve.Secure}, map[string]string{
		"dead.test.": "no reply", "mta-sts.dead.test.": "no reply", "mx1.good.test. AAAA": "no reply", "_sieve._tcp.good.test.": "no reply"})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func survey1(t *testing.T, name string) *evidence.Domain {
	t.Helper()
	d, err := Domain(t.Context(), name, Config{Resolver: twin(t), Mode: resolve.Local, Fetch: Fetcher{Timeout: time.Second, Port: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDomain(t *testing.T) {
	d := survey1(t, "user@Good.TEST.")
	if d.Name != "good.test" || d.Exchange.Value.Kind != evidence.ByMX || d.Exchange.Value.DNSSEC.Status != "secure" {
		t.Errorf("%+v", d.Exchange)
	}
	var hosts []string
	for _, x := range d.Exchange.Value.List {
		hosts = append(hosts, x.Host)
	}
	if diff := cmp.Diff([]string{"alias.good.test", "mx0.good.test", "mx1.good.test"}, hosts); diff != "" {
		t.Error(diff)
	}
	mx0, mx1, alias := d.Hosts["mx0.good.test"], d.Hosts["mx1.good.test"], d.Hosts["alias.good.test"]
	if len(mx0.Addresses.Value) != 2 || mx0.Addresses.State != evidence.Known || len(mx0.TLSA[25].Value.Records) != 1 {
		t.Errorf("%+v", mx0)
	}
	if _, asked := mx0.TLSA[993]; !asked {
		t.Error("nothing was asked about the port of a service")
	}
	if !mx0.Reverse[netip.MustParseAddr("127.0.0.10")].Value.Confirmed || mx1.Reverse[netip.MustParseAddr("127.0.0.11")].Value.Confirmed {
		t.Errorf("%+v %+v", mx0.Reverse, mx1.Reverse)
	}
	if mx1.Addresses.State != evidence.Partial || mx1.Addresses.Why == "" || len(mx1.Addresses.Value) != 1 {
		t.Errorf("%+v", mx1.Addresses)
	}
	if alias.DNSSEC.Status != "insecure" || alias.TLSA[25].Value.Base != "alias.good.test" || alias.Aliases[0] != "mx.open.test" {
		t.Errorf("%+v", alias)
	}
	if p := d.Exchange.Value.List[0].Problems; len(p) != 1 || !strings.Contains(p[0], "alias of mx.open.test") {
		t.Errorf("%q", p)
	}
	if s := d.Services; s.State != evidence.Partial || len(s.Value) != 5 || s.Value[1].Host != "" || len(s.Open) != 1 || s.Open[0].Protocol != "sieve" {
		t.Errorf("%+v", s)
	}
	if d.STS.Value.ID != "1" || d.Policy.Value.Fault == "" || d.Reports.Value.RUA[0] != "mailto:a@good.test" || d.CAA.Value.Name != "good.test" {
		t.Errorf("%+v %+v %+v %+v", d.STS, d.Policy, d.Reports, d.CAA)
	}
}

func TestKinds(t *testing.T) {
	for name, want := range map[string]evidence.ExchangeKind{"null.test": evidence.NullMX, "implicit.test": evidence.Implicit, "nothing.test": evidence.NoMail,
		"nosuch.test": evidence.NoMail, "literal.test": evidence.ByMX} {
		d := survey1(t, name)
		if d.Exchange.State != evidence.Known || d.Exchange.Value.Kind != want {
			t.Errorf("%s: %+v", name, d.Exchange)
		}
		if d.STS.State != evidence.Inapplicable || d.Reports.State != evidence.Inapplicable {
			t.Errorf("%s: %+v %+v", name, d.STS, d.Reports)
		}
	}
	literal := survey1(t, "literal.test")
	if x := literal.Exchange.Value.List; len(x) != 1 || len(x[0].Problems) != 1 {
		t.Errorf("%+v", x)
	}
	if f := literal.Hosts["192.0.2.1"].TLSA[25]; f.State != evidence.Inapplicable || f.Why == "" {
		t.Errorf("%+v", f)
	}
	if d := survey1(t, "dead.test"); d.Exchange.State != evidence.Unknown || !strings.Contains(d.Exchange.Why, "no reply") {
		t.Errorf("%+v", d.Exchange)
	}
	if d := survey1(t, "badsts.test"); d.STS.Value.Fault == "" || d.Reports.Value.Fault == "" {
		t.Errorf("%+v %+v", d.STS, d.Reports)
	}
}

const policyText = "version: STSv1\nmode: enforce\nmx: *.good.test\nmax_age: 86400\n"

// TestFetch wants a policy from a server that is right, and the fault of each that is not.
func TestFetch(t *testing.T) {
	authority := testca.New(t, "root", testca.NewKey(t), time.Now())
	key := testca.NewKey(t)
	certificate := func(names ...string) tls.Certificate {
		c := authority.Sign(t, x509.Certificate{SerialNumber: big.NewInt(7), DNSNames: names}, key.Public())
		return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: key}
	}
	plain := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			_, _ = w.Write([]byte(text))
		}
	}
	for _, c := range []struct {
		name    string
		names   []string
		handler http.HandlerFunc
		fault   string
	}{
		{"right", []string{"mta-sts.good.test"}, plain(policyText), ""},
		{"wildcard", []string{"*.good.test"}, plain(policyText), ""},
		{"other name", []string{"good.test"}, plain(policyText), "certificate"},
		{"HTML", []string{"mta-sts.good.test"}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "text/plain"},
		{"missing", []string{"mta-sts.good.test"}, http.NotFound, "404"},
		{"elsewhere", []string{"mta-sts.good.test"}, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, "not to be followed"},
		{"huge", []string{"mta-sts.good.test"}, plain(strings.Repeat("x: y\n", 20000)), "more than"},
		{"endless", []string{"mta-sts.good.test"}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "no answer within"},
		{"never ends", []string{"mta-sts.good.test"}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			for r.Context().Err() == nil {
				_, _ = w.Write(make([]byte, 4096))
			}
		}, "more than"},
		{"type that is long", []string{"mta-sts.good.test"}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", strings.Repeat("x", 5000))
		}, "media type"},
		{"endless header", []string{"mta-sts.good.test"}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X", strings.Repeat("x", 2*maxHeader))
		}, "header"},
		{"nonsense", []string{"mta-sts.good.test"}, plain("hello"), "line 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewUnstartedServer(c.handler)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate(c.names...)}}
			server.StartTLS()
			defer server.Close()
			roots := x509.NewCertPool()
			roots.AddCert(authority.Cert)
			timeout := time.Minute
			if c.name == "endless" {
				timeout = 500 * time.Millisecond
			}
			f := Fetcher{Roots: roots, Timeout: timeout, Port: server.Listener.Addr().(*net.TCPAddr).Port}
			p := f.policy(t.Context(), twin(t), "good.test")
			if c.name == "endless" {
				if p.State != evidence.Unknown || !strings.Contains(p.Why, c.fault) || p.Value.Fault != "" || !strings.HasPrefix(p.Value.URL, "https://mta-sts.good.test/") {
					t.Errorf("%+v", p)
				}
				return
			}
			switch {
			case p.State != evidence.Known:
				t.Errorf("%+v", p)
			case c.fault == "" && (p.Value.Fault != "" || p.Value.Mode != "enforce" || p.Value.MaxAge != 24*time.Hour):
				t.Errorf("%+v", p.Value)
			case c.fault != "" && !strings.Contains(p.Value.Fault, c.fault):
				t.Errorf("%q, want %q", p.Value.Fault, c.fault)
			case len(p.Value.Fault) > 300 || len(p.Value.Text) > mtasts.MaxPolicy:
				t.Errorf("a fault of %d and a text of %d bytes", len(p.Value.Fault), len(p.Value.Text))
			}
			var covered []string
			if c.fault != "certificate" {
				covered = c.names
			}
			if got := p.Value.Certificate; got == nil || cmp.Diff(covered, got.Covered) != "" || cmp.Diff(c.names, got.Names) != "" || got.Until.IsZero() {
				t.Errorf("%+v", got)
			}
		})
	}
	f := Fetcher{Timeout: time.Second, Allow: func(a netip.Addr) bool { return !a.IsLoopback() }}
	if p := f.policy(t.Context(), twin(t), "good.test"); p.State != evidence.Unknown || p.Value.Fault != "" || !strings.Contains(p.Why, "is not public: --allow-private") {
		t.Errorf("%+v", p)
	}
}

// forged is a DNS whose answers about IPv4 addresses do not validate.
type forged struct{ resolve.Resolver }

func (f forged) Lookup(ctx context.Context, name string, t resolve.Type) (*resolve.Answer, error) {
	a, err := f.Resolver.Lookup(ctx, name, t)
	if err != nil || t != resolve.A {
		return a, err
	}
	other := *a
	other.Status, other.Why = resolve.Bogus, "expired"
	return &other, nil
}

// TestNoAddressHasToHold: that a domain takes no mail hangs on the denial of its addresses, too.
func TestNoAddressHasToHold(t *testing.T) {
	d, err := Domain(t.Context(), "nothing.test", Config{Resolver: forged{twin(t)}, Mode: resolve.Local, NoGuesses: true, Fetch: Fetcher{Timeout: time.Second, Port: 1}})
	if err != nil || d.Exchange.Value.Kind != evidence.NoMail || d.Exchange.Value.DNSSEC.Status != "bogus" {
		t.Errorf("%+v, %v", d.Exchange, err)
	}
}

// TestFetchSilence tells silence, which may be the fault of the network here, from what the servers of a policy do wrong.
func TestFetchSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	port := func(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
	for _, c := range []struct {
		name, domain string
		f            Fetcher
		unknown      string // "": a fault
	}{
		{"silent", "good.test", Fetcher{Port: port(l), Timeout: 300 * time.Millisecond}, "no answer within 300ms"},
		{"refused", "good.test", Fetcher{Port: port(gone), Timeout: time.Minute}, ""},
		{"the DNS is silent", "dead.test", Fetcher{Port: port(l), Timeout: time.Minute}, "the DNS gives no answer about mta-sts.dead.test"},
		{"no address", "none.test", Fetcher{Port: port(l), Timeout: time.Minute}, ""},
	} {
		p := c.f.policy(t.Context(), twin(t), c.domain)
		if c.unknown == "" && (p.State != evidence.Known || p.Value.Fault == "") {
			t.Errorf("%s: %+v", c.name, p)
		}
		if c.unknown != "" && (p.State != evidence.Unknown || !strings.Contains(p.Why, c.unknown) || p.Value.Fault != "") {
			t.Errorf("%s: %+v", c.name, p)
		}
	}
	for _, err := range []error{syscall.ENETUNREACH, syscall.EHOSTUNREACH, syscall.EADDRNOTAVAIL, syscall.ETIMEDOUT} {
		if err := (&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", err)}); !closed(err) && !late(err) {
			t.Errorf("%v is held for a fault", err)
		}
	}
	if err := (&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}); closed(err) || late(err) {
		t.Error("a refusal is held for silence")
	}
}
