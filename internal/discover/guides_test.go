package discover

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/resolve"
	"github.com/mailtls/mailtls/internal/testca"
)

const thunderbird = `<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="good.test"><domain>good.test</domain>
<incomingServer type="imap"><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port><socketType>SSL</socketType><authentication>password-cleartext</authentication></incomingServer>
<incomingServer type="pop3"><hostname>pop.good.test</hostname><port>110</port><socketType>plain</socketType></incomingServer>
<incomingServer type="exchange"><hostname>ews.good.test</hostname></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.good.test.</hostname><port>587</port><socketType>STARTTLS</socketType></outgoingServer>
</emailProvider></clientConfig>`

const outlook = `<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"><Account><AccountType>email</AccountType><Action>settings</Action>
<Protocol><Type>IMAP</Type><Server>mail.good.test</Server><Port>993</Port><SSL>on</SSL></Protocol>
<Protocol><Type>SMTP</Type><Server>mail.good.test</Server><Port>587</Port><SSL>on</SSL></Protocol>
</Account></Response></Autodiscover>`

func summary(list []evidence.MailService) (out []string) {
	for _, m := range list {
		s := fmt.Sprintf("%s %s %s:%d %s", m.Source, m.Protocol, m.Host, m.Port, m.Socket)
		if m.Insecure {
			s += " insecure"
		}
		out = append(out, s)
	}
	return out
}

// TestGuides asks web servers that hold documents at some places.
func TestGuides(t *testing.T) {
	authority := testca.New(t, "root", testca.NewKey(t), time.Now())
	key := testca.NewKey(t)
	roots := x509.NewCertPool()
	roots.AddCert(authority.Cert)
	certificate := authority.Sign(t, x509.Certificate{SerialNumber: big.NewInt(7), DNSNames: []string{"good.test", "autoconfig.good.test", "autodiscover.good.test", "found.good.test"}}, key.Public())
	const (
		config    = "https autoconfig.good.test/mail/config-v1.1.xml"
		wellKnown = "https good.test/.well-known/autoconfig/mail/config-v1.1.xml"
		plain     = "http autoconfig.good.test/mail/config-v1.1.xml"
		discovery = "https autodiscover.good.test/autodiscover/autodiscover.xml"
	)
	text := func(s string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
	}
	to := func(where string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, where, http.StatusTemporaryRedirect) }
	}
	config1 := []string{"autoconfig imaps imap.good.test:993 tls", "autoconfig pop3 pop.good.test:110 plain", "autoconfig submission smtp.good.test:587 starttls"}
	config2 := []string{config1[0] + " insecure", config1[1] + " insecure", config1[2] + " insecure"}
	discovered := []string{"autodiscover imaps mail.good.test:993 tls", "autodiscover submission mail.good.test:587 starttls"}
	for _, c := range []struct {
		name  string
		at    map[string]http.HandlerFunc
		extra string // records
		want  []string
		fault string // in that of the first document
	}{
		{"nothing", nil, "", nil, "404"},
		{"autoconfig", map[string]http.HandlerFunc{config: text(thunderbird)}, "", config1, ""},
		{"well known", map[string]http.HandlerFunc{wellKnown: text(thunderbird)}, "", config1, "404"},
		{"one after the other", map[string]http.HandlerFunc{wellKnown: text(thunderbird), config: text(strings.ReplaceAll(thunderbird, "imap.", "other."))}, "",
			[]string{"autoconfig imaps other.good.test:993 tls", config1[1], config1[2]}, ""},
		{"over HTTP alone", map[string]http.HandlerFunc{plain: text(thunderbird)}, "", config2, "404"},
		{"HTTP is not asked where HTTPS answers", map[string]http.HandlerFunc{config: text(thunderbird), plain: text(thunderbird)}, "", config1, ""},
		{"autodiscover", map[string]http.HandlerFunc{discovery: text(outlook)}, "", discovered, "404"},
		{"autodiscover by SRV", map[string]http.HandlerFunc{"https found.good.test/autodiscover/autodiscover.xml": text(outlook)},
			"_autodiscover._tcp.good.test. SRV 0 0 443 found.good.test.", discovered, "404"},
		{"both", map[string]http.HandlerFunc{config: text(thunderbird), discovery: text(outlook)}, "", append(config1[:3:3], discovered...), ""},
		{"the same by SRV, once", map[string]http.HandlerFunc{discovery: text(outlook)}, "_imaps._tcp.good.test. SRV 0 0 993 mail.good.test.",
			[]string{"srv imaps mail.good.test:993 tls", discovered[1]}, "404"},
		{"wants a password", map[string]http.HandlerFunc{config: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(http.StatusUnauthorized)
		}}, "", nil, "401"},
		{"redirect", map[string]http.HandlerFunc{config: to("https://good.test/other"), "https good.test/other": text(thunderbird)}, "", config1, ""},
		{"redirect with a question", map[string]http.HandlerFunc{discovery: to("https://good.test/other"), "https good.test/other": text(outlook)}, "", discovered, "404"},
		{"redirect to HTTP", map[string]http.HandlerFunc{config: to("http://good.test/other"), "http good.test/other": text(thunderbird)}, "", nil, "not to be followed"},
		{"redirect to another port", map[string]http.HandlerFunc{config: to("https://good.test:8443/")}, "", nil, "not to be followed"},
		{"redirect in a circle", map[string]http.HandlerFunc{config: to("/mail/config-v1.1.xml")}, "", nil, "not to be followed"},
		{"HTML", map[string]http.HandlerFunc{config: text("<html><body><p>Hello")}, "", nil, "no configuration"},
		{"huge", map[string]http.HandlerFunc{config: text(thunderbird + strings.Repeat(" ", maxGuide))}, "", nil, "more than"},
		{"endless", map[string]http.HandlerFunc{config: func(w http.ResponseWriter, r *http.Request) {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}}, "", nil, "no answer within"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var asked []string
			serve := func(scheme string) http.HandlerFunc {
				return func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					asked = append(asked, scheme+" "+r.Host+r.URL.Path)
					mu.Unlock()
					body, _ := io.ReadAll(r.Body)
					post := strings.Contains(r.URL.Path, "autodiscover")
					if r.Header.Get("Authorization") != "" || r.URL.RawQuery != "" || post != strings.Contains(string(body), "postmaster@good.test") && !strings.Contains(r.URL.Path, "other") {
						t.Errorf("%s %s asks %q with %v", r.Method, r.URL, body, r.Header)
					}
					if h := c.at[scheme+" "+r.Host+r.URL.Path]; h != nil {
						h(w, r)
						return
					}
					http.NotFound(w, r)
				}
			}
			secure, open := httptest.NewUnstartedServer(serve("https")), httptest.NewServer(serve("http"))
			secure.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate.Raw}, PrivateKey: key}}}
			secure.StartTLS()
			defer secure.Close()
			defer open.Close()
			w, err := resolve.NewTwin("good.test. A 127.0.0.1\nautoconfig.good.test. A 127.0.0.1\nautodiscover.good.test. A 127.0.0.1\nfound.good.test. A 127.0.0.1\n"+c.extra, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			timeout := time.Minute
			if c.name == "endless" {
				timeout = 500 * time.Millisecond
			}
			s := &survey{d: &evidence.Domain{Name: "good.test"}, cfg: Config{Resolver: w, Fetch: Fetcher{Roots: roots, Timeout: timeout,
				Port: secure.Listener.Addr().(*net.TCPAddr).Port, Plain: open.Listener.Addr().(*net.TCPAddr).Port}}}
			s.told(t.Context())
			if diff := cmp.Diff(c.want, summary(s.d.Services.Value)); diff != "" || s.d.Services.State != evidence.Known {
				t.Errorf("%s %s", s.d.Services.State, diff)
			}
			first := s.d.Guides[0]
			if first.Source != evidence.ByAutoconfig || (first.Fault == "") != (c.fault == "") || !strings.Contains(first.Fault, c.fault) {
				t.Errorf("%+v, want %q", first, c.fault)
			}
			if len(asked) > 3+2+guideFollows+1 || c.at[config] != nil && len(c.want) >= 3 && strings.Contains(strings.Join(asked, " "), "http ") {
				t.Errorf("asked %q", asked)
			}
		})
	}
}

// TestGuidesNeedCertificates takes no document from a server that shows a certificate nobody trusts.
func TestGuidesNeedCertificates(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, thunderbird) }))
	defer server.Close()
	w, err := resolve.NewTwin("autoconfig.good.test. A 127.0.0.1", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &survey{d: &evidence.Domain{Name: "good.test"}, cfg: Config{Resolver: w, Fetch: Fetcher{Timeout: 3 * time.Second, Port: server.Listener.Addr().(*net.TCPAddr).Port, Plain: 1}}}
	g := s.autoconfig(t.Context())
	if len(g.services) > 0 || !strings.Contains(g.guides[0].Fault, "certificate") || !strings.Contains(g.guides[1].Fault, "no address") {
		t.Errorf("%+v", g)
	}
}

func TestReadGuides(t *testing.T) {
	one := func(server string) string {
		return "<clientConfig><emailProvider>" + server + "</emailProvider></clientConfig>"
	}
	imap := func(host, port, socket string) string {
		return one(`<incomingServer type="imap"><hostname>` + host + `</hostname><port>` + port + `</port><socketType>` + socket + `</socketType></incomingServer>`)
	}
	outlook1 := func(s string) string {
		return "<Autodiscover><Response><Account><Action>settings</Action><Protocol>" + s + "</Protocol></Account></Response></Autodiscover>"
	}
	for _, c := range []struct {
		read func([]byte, string) ([]evidence.MailService, error)
		text string
		want string // the first service
		err  string
	}{
		{readAutoconfig, imap("a.test", "143", "STARTTLS"), " imap a.test:143 starttls", ""},
		{readAutoconfig, imap(" A.test. ", " 993 ", " ssl "), " imaps a.test:993 tls", ""},
		{readAutoconfig, imap("bücher.test", "143", "plain"), " imap xn--bcher-kva.test:143 plain", ""},
		{readAutoconfig, imap("a.test", "143", "?"), " imap a.test:143 ", ""},
		{readAutoconfig, `<?xml version="1.0" encoding="iso-8859-1"?>` + imap("a.test", "143", "\xfcber"), " imap a.test:143 ", ""},
		{readAutoconfig, imap("", "143", "SSL"), "", "no host"},
		{readAutoconfig, imap("192.0.2.1", "143", "SSL"), "", "no host"},
		{readAutoconfig, imap("u@a.test", "143", "SSL"), "", "no host"},
		{readAutoconfig, imap("a.test/x", "143", "SSL"), "", "no host"},
		{readAutoconfig, imap(strings.Repeat("a", 300)+".test", "143", "SSL"), "", "no host"},
		{readAutoconfig, imap("a.test", "", "SSL"), "", "no port"},
		{readAutoconfig, imap("a.test", "0", "SSL"), "", "no port"},
		{readAutoconfig, imap("a.test", "65536", "SSL"), "", "no port"},
		{readAutoconfig, one(""), "", "names no mail service"},
		{readAutoconfig, outlook, "", "no configuration"},
		{readAutoconfig, strings.Repeat("<a>", 20000), "", "no configuration"},
		{readAutoconfig, `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>` + imap("&b;.test", "143", "SSL"), "", "no configuration"},
		{readAutodiscover, outlook1("<Type>SMTP</Type><Server>a.test</Server>"), " submission a.test:25 starttls", ""},
		{readAutodiscover, outlook1("<Type>SMTP</Type><Server>a.test</Server><Port>465</Port>"), " submissions a.test:465 tls", ""},
		{readAutodiscover, outlook1("<Type>POP3</Type><Server>a.test</Server><SSL>off</SSL>"), " pop3 a.test:110 plain", ""},
		{readAutodiscover, outlook1("<Type>IMAP</Type><Server>a.test</Server><Port>143</Port><Encryption>TLS</Encryption>"), " imap a.test:143 starttls", ""},
		{readAutodiscover, outlook1("<Type>IMAP</Type><Server>a.test</Server><Port>143</Port><Encryption>None</Encryption>"), " imap a.test:143 plain", ""},
		{readAutodiscover, outlook1("<Type>IMAP</Type><Server>a.test</Server><Port>993</Port><Encryption>SSL</Encryption><SSL>off</SSL>"), " imaps a.test:993 tls", ""},
		{readAutodiscover, outlook1("<Type>IMAP</Type><Server>a.test</Server><Encryption>Auto</Encryption>"), " imap a.test:143 ", ""},
		{readAutodiscover, outlook1("<Type>EXCH</Type><Server>a.test</Server>"), "", "names no mail service"},
		{readAutodiscover, "<Autodiscover><Response><Account><Action>redirectAddr</Action></Account></Response></Autodiscover>", "", "another address"},
		{readAutodiscover, "<Autodiscover><Response><Error><Message>Invalid Request</Message></Error></Response></Autodiscover>", "", "Invalid Request"},
		{readAutodiscover, thunderbird, "", "no answer"},
		{readAutodiscover, "", "", "no answer"},
	} {
		list, err := c.read([]byte(c.text), "good.test")
		got := strings.Join(summary(list), "\n")
		if got != c.want || (err == nil) != (c.err == "") || err != nil && (!strings.Contains(err.Error(), c.err) || len(err.Error()) > 300) {
			t.Errorf("%.100q: %q, %v, want %q, %q", c.text, got, err, c.want, c.err)
		}
	}
	many := one(strings.Repeat(`<incomingServer type="imap"><hostname>a.test</hostname><port>143</port></incomingServer>`, 200))
	if list, err := readAutoconfig([]byte(many), "good.test"); len(list) != maxGuided || err != nil {
		t.Errorf("%d services, %v", len(list), err)
	}
}

func fuzzGuide(f *testing.F, seed string, read func([]byte, string) ([]evidence.MailService, error)) {
	f.Add([]byte(seed))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, err := read(text, "good.test")
		if len(list) == 0 && err == nil || len(list) > maxGuided || err != nil && len(err.Error()) > 1000 {
			t.Errorf("%d services, %v", len(list), err)
		}
		for _, m := range list {
			if hostName(m.Host) != m.Host || m.Port < 1 || m.Port > 65535 || m.Protocol == "" {
				t.Errorf("%+v", m)
			}
		}
	})
}

func FuzzAutoconfig(f *testing.F)   { fuzzGuide(f, thunderbird, readAutoconfig) }
func FuzzAutodiscover(f *testing.F) { fuzzGuide(f, outlook, readAutodiscover) }

// TestMergedRemembers: a service that several sources name is there once, and tells of all of them.
func TestMergedRemembers(t *testing.T) {
	f := known([]evidence.MailService{})
	for _, from := range []evidence.Source{evidence.BySRV, evidence.ByAutoconfig, evidence.ByAutoconfig, evidence.ByAutodiscover} {
		f = merged(f, evidence.MailService{Source: from, Protocol: "imaps", Host: "mail.good.test", Port: 993})
	}
	want := []evidence.MailService{{Source: evidence.BySRV, Also: []evidence.Source{evidence.ByAutoconfig, evidence.ByAutodiscover},
		Protocol: "imaps", Host: "mail.good.test", Port: 993}}
	if diff := cmp.Diff(want, f.Value); diff != "" {
		t.Error(diff)
	}
}
