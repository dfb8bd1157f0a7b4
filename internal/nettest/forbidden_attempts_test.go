package nettest

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
)

// publicAddresses are those of the internet that the service may go to.
func publicAddresses() []string { return []string{"93.184.215.14", "2606:2800:21f:cb07::14"} }

// privateAddresses are on loopback beside 127.0.0.0/8 and ::1.
func privateAddresses() []string {
	return []string{"10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "192.0.2.9", "198.18.0.1", "203.0.113.7",
		"fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:db8::1", "fd00:ec2::254"}
}

// An attempt is a target, what the DNS says for it, and what web servers of the domain answer.
type attempt struct {
	target string
	zone   []string // records, without what is in every zone
	rebind []string // addresses of "rebind" in the zone, one after the other with each question
	web    http.HandlerFunc
}

// attempts are all ways to send the service where it is not to go.
func attempts() []attempt {
	out := literals()
	for i, a := range append([]string{"127.0.0.1", "0.0.0.0", "::1", "::", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"}, privateAddresses()...) {
		name := fmt.Sprintf("n%d.test.", i)
		out = append(out,
			attempt{target: "smtp://host." + name, zone: []string{record("host."+name, a)}},
			attempt{target: name, zone: []string{name + " MX 10 mx." + name, record("mx."+name, a)}})
	}
	return append(append(out, byRecords()...), byWeb()...)
}

// literals are the ways to write an address of this machine, and ports.
func literals() (out []attempt) {
	for _, host := range []string{"127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "017700000001", "127.000.000.001", "0", "0.0.0.0",
		"[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "localhost", "localhost.", "LOCALHOST",
		"127.0.0.1.", "[::]", "127.255.255.254", "127.0.0.1%00", "[::1%lo]", "169.254.169.254", "[fd00:ec2::254]"} {
		out = append(out, attempt{target: "smtp://" + host})
	}
	for _, port := range []string{"22", "80", "443", "6379", "0", "65536", "25,22", "+22"} {
		out = append(out, attempt{target: "smtp://93.184.215.14:" + port})
	}
	return out
}

// byRecords are the ways of the DNS.
func byRecords() []attempt {
	return []attempt{
		{target: "smtp://alias.cname.test", zone: []string{"alias.cname.test. CNAME inside.cname.test.", "inside.cname.test. A 10.0.0.1"}},
		{target: "smtp://a.chain.test", zone: []string{"a.chain.test. CNAME b.chain.test.", "b.chain.test. CNAME c.chain.test.", "c.chain.test. A 127.0.0.1"}},
		{target: "smtp://to.local.test", zone: []string{"to.local.test. CNAME localhost."}},
		{target: "smtp://both.test", zone: []string{"both.test. A 93.184.215.14", "both.test. A 127.0.0.1", "both.test. AAAA ::1"}},
		{target: "smtp://rebind.one.test", rebind: []string{"93.184.215.14", "127.0.0.1"}},
		{target: "rebound.test", zone: []string{"rebound.test. MX 10 rebind.rebound.test."}, rebind: []string{"93.184.215.14", "169.254.169.254"}},
		{target: "rebinds.test", zone: []string{"rebinds.test. MX 10 rebind.rebinds.test."}, rebind: []string{"127.0.0.1", "93.184.215.14", "10.0.0.1"}},
		{target: "implicit.test", zone: []string{"implicit.test. A 127.0.0.1"}},
		{target: "literal.test", zone: []string{"literal.test. MX 10 127.0.0.1.", "literal.test. MX 20 169.254.169.254."}},
		{target: "localmx.test", zone: []string{"localmx.test. MX 10 localhost."}},
		{target: "mixed.test", zone: []string{"mixed.test. MX 10 out.mixed.test.", "mixed.test. MX 20 in.mixed.test.", "out.mixed.test. A 93.184.215.14", "in.mixed.test. A 192.168.0.1"}},
		{target: "mxalias.test", zone: []string{"mxalias.test. MX 10 mx.mxalias.test.", "mx.mxalias.test. CNAME in.mxalias.test.", "in.mxalias.test. A 172.16.0.1"}},
		{target: "ports.test", zone: services("ports.test.", "93.184.215.14", 22, 80, 443, 6379, 8080, 5432)},
		{target: "srv.test", zone: services("srv.test.", "127.0.0.1", 993, 587, 995, 143, 4190, 465)},
		{target: "srv6.test", zone: services("srv6.test.", "fd00::1", 993, 587, 995, 143, 4190, 465)},
		{target: "guessed.test", zone: []string{"guessed.test. MX 0 .", "mail.guessed.test. A 10.0.0.1", "imap.guessed.test. A 127.0.0.1", "smtp.guessed.test. AAAA ::1"}},
		{target: "sts.test", zone: []string{"sts.test. MX 0 .", `_mta-sts.sts.test. TXT "v=STSv1; id=1"`, "mta-sts.sts.test. A 127.0.0.1"}},
		{target: "config.test", zone: []string{"config.test. MX 0 .", "autoconfig.config.test. A 127.0.0.1", "autodiscover.config.test. A 192.168.0.1", "config.test. A 10.0.0.1"}},
		{target: "discoversrv.test", zone: []string{"discoversrv.test. MX 0 .", "_autodiscover._tcp.discoversrv.test. SRV 0 0 443 in.discoversrv.test.", "in.discoversrv.test. A 127.0.0.1"}},
	}
}

// byWeb are the ways of web servers.
func byWeb() (out []attempt) {
	zone := func(name string) []string {
		return []string{name + ". MX 0 .", `_mta-sts.` + name + `. TXT "v=STSv1; id=1"`, "mta-sts." + name + ". A 93.184.215.14",
			"autoconfig." + name + ". A 93.184.215.14", "autodiscover." + name + ". A 93.184.215.14", name + ". A 93.184.215.14", "in." + name + ". A 127.0.0.1"}
	}
	for i, to := range []string{"https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest/meta-data/", "http://127.0.0.1/", "https://in.redirect%d.test/",
		"https://2130706433/", "https://localhost/", "https://93.184.215.14:22/", "ftp://127.0.0.1/", "file:///etc/passwd", "//127.0.0.1/", "https://a:b@10.0.0.1/"} {
		if strings.Contains(to, "%d") {
			to = fmt.Sprintf(to, i)
		}
		name := fmt.Sprintf("redirect%d.test", i)
		out = append(out, attempt{target: name, zone: zone(name), web: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }})
	}
	for i, place := range []string{"127.0.0.1 143", "localhost 993", "in.guide%d.test 993", "93.184.215.14 22", "169.254.169.254 25", "[::1] 993"} {
		if strings.Contains(place, "%d") {
			place = fmt.Sprintf(place, i)
		}
		name := fmt.Sprintf("guide%d.test", i)
		out = append(out, attempt{target: name, zone: zone(name), web: guide(place)})
	}
	return out
}

// guide is how Thunderbird is told of servers.
func guide(place string) http.HandlerFunc {
	host, port, _ := strings.Cut(place, " ")
	text := `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="x">`
	for _, kind := range []string{"imap", "pop3"} {
		text += fmt.Sprintf(`<incomingServer type="%s"><hostname>%s</hostname><port>%s</port><socketType>SSL</socketType></incomingServer>`, kind, host, port)
	}
	text += fmt.Sprintf(`<outgoingServer type="smtp"><hostname>%s</hostname><port>%s</port><socketType>SSL</socketType></outgoingServer></emailProvider></clientConfig>`, host, port)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = w.Write([]byte(text))
	}
}

func record(name, address string) string {
	if strings.Contains(address, ":") {
		return name + " AAAA " + address
	}
	return name + " A " + address
}

// services are SRV records of a domain, with one of those ports each, that lead to an address.
func services(domain, address string, ports ...int) []string {
	out := []string{domain + " MX 0 .", record("host."+domain, address)}
	for i, s := range []string{"imaps", "submission", "pop3s", "imap", "sieve", "submissions"} {
		out = append(out, fmt.Sprintf("_%s._tcp.%s SRV 0 1 %d host.%s", s, domain, ports[i], domain))
	}
	return out
}

// answerNames runs a name server that knows what the attempts say, where resolv.conf points.
func answerNames(t *testing.T, list []attempt) {
	t.Helper()
	zone := &names{records: map[string][]dns.RR{}, rebind: map[string][]string{}}
	for _, a := range list {
		for _, text := range a.zone {
			name, rest, _ := strings.Cut(text, " ")
			rr, err := dns.NewRR(name + " 0 IN " + rest)
			if err != nil {
				t.Fatal(err)
			}
			zone.records[name] = append(zone.records[name], rr)
		}
		if a.rebind != nil {
			zone.rebind["rebind."+strings.TrimPrefix(strings.TrimPrefix(a.target, "smtp://"), "rebind.")+"."] = a.rebind
		}
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:53")
	if err != nil {
		t.Fatal(err)
	}
	s, done := &dns.Server{PacketConn: conn, Handler: zone}, make(chan struct{})
	go func() { defer close(done); _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = conn.Close(); <-done })
}

// names answers questions.
type names struct {
	records map[string][]dns.RR

	mu     sync.Mutex
	rebind map[string][]string
}

// ServeDNS implements dns.Handler.
func (n *names) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	m.RecursionAvailable = true
	name, kind := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
	for range 5 {
		next := ""
		for _, rr := range n.at(name) {
			alias, _ := rr.(*dns.CNAME)
			if rr.Header().Rrtype == kind || alias != nil {
				m.Answer = append(m.Answer, rr)
			}
			if alias != nil {
				next = alias.Target
			}
		}
		if next == "" {
			break
		}
		name = next
	}
	if len(m.Answer) == 0 && len(n.at(name)) == 0 && !strings.HasSuffix(name, ".test.") {
		m.Rcode = dns.RcodeNameError
	}
	_ = w.WriteMsg(m)
}

// at returns what is known of a name; of those that change, what is next.
func (n *names) at(name string) []dns.RR {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := n.rebind[name]
	if len(list) == 0 {
		return n.records[name]
	}
	n.rebind[name] = append(list[1:len(list):len(list)], list[0])
	rr, err := dns.NewRR(name + " 0 IN A " + list[0])
	if err != nil {
		return nil
	}
	return []dns.RR{rr}
}
