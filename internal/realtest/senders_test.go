package realtest

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/wireproxy"
	"github.com/mailtls/mailtls/tlswire"
)

// A sender is a mail server that delivers to others.
type sender struct {
	name   string
	limits client.Profile // what its hello does not tell
	// deliver sends one message to each place, and tells of each whether TLS came up.
	deliver func(t *testing.T, to []place) []bool
}

// A place is where mail goes: by STARTTLS, or to a port with implicit TLS.
type place struct {
	addr     string
	implicit bool
}

func senders() []sender {
	return []sender{
		{"postfix", limits(tlswire.TLS10, 512), deliverByPostfix},
		{"exim", limits(tlswire.TLS10, 1024), deliverByExim}, // its tls_dh_min_bits
	}
}

// senderServers are servers that answer those senders in different ways, or not at all.
func senderServers() []string {
	return []string{"openssl/default, two certificates", "openssl/TLS 1.0", "openssl/TLS 1.2, odd order", "openssl/TLS 1.3, CCM first",
		"openssl/one suite", "openssl/DHE", "openssl/anonymous", "openssl/RSA key exchange"}
}

// TestSendersAreSimulated lets real mail servers deliver to the lab. What it saves of them, simulated over scans of other
// servers, must be what they get there.
func TestSendersAreSimulated(t *testing.T) {
	if testing.Short() {
		t.Skip("runs Postfix and Exim against eight servers each")
	}
	t.Parallel()
	for _, s := range senders() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			// Of its own: where a sender does not wait for the answer to its QUIT, openssl gives it to whoever connects next.
			servers := startAll(t, senderServers())
			strong, visits := watchedLab(t, "strong")
			places := []place{{addr: strong}}
			var proxies []*wireproxy.Proxy
			for _, server := range servers {
				proxy, err := wireproxy.Listen(t.Context(), wireproxy.Config{Target: server.addr, Keep: 1 << 14})
				if err != nil {
					t.Fatal(err)
				}
				defer proxy.Close()
				proxies, places = append(proxies, proxy), append(places, place{proxy.Addr(), true})
			}
			up := s.deliver(t, places)
			v := nextVisit(t, visits)
			if !up[0] || !v.StartTLS || !v.Finished || v.InClear || v.Name == "" {
				t.Fatalf("delivering to the lab: %v, %+v", up[0], v)
			}
			p := saved(t, v, s.limits)
			for i, server := range servers {
				want, got := client.Simulate(&p, server.evidence), whatItGot(t, proxies[i], up[i+1])
				if !agrees(want, got) {
					t.Errorf("%s: simulated %+v, in reality %+v", server.name, want, got)
				}
				if want.Outcome == client.Unknown {
					t.Errorf("%s: nothing is simulated: %+v", server.name, want)
				}
			}
		})
	}
}

// A scanned server is running, and what a scan found of it.
type scanned struct {
	name, addr string
	evidence   *evidence.Endpoint
}

// startAll runs and scans servers of the table.
func startAll(t *testing.T, names []string) []scanned {
	t.Helper()
	var out []scanned
	for _, c := range Configs() {
		if slices.Contains(names, c.Name) {
			server := Start(t, c.Server)
			out = append(out, scanned{c.Name, server.Addr("tls"), scanStack(t, server)})
		}
	}
	if len(out) != len(names) {
		t.Fatalf("%d of %d configurations are in the table", len(out), len(names))
	}
	return out
}

// watchedLab runs a lab server, and gives its address and what it tells of clients.
func watchedLab(t *testing.T, name string) (string, <-chan lab.Visit) {
	t.Helper()
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, ok := lab.ByName(name)
	if !ok {
		t.Fatalf("no lab server %s", name)
	}
	visits := make(chan lab.Visit, 100)
	s.Watch = func(v lab.Visit) { visits <- v }
	r, err := lab.Start(t.Context(), s, ca)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r.Addr, visits
}

// nextVisit waits until a client has left.
func nextVisit(t *testing.T, visits <-chan lab.Visit) lab.Visit {
	t.Helper()
	select {
	case v := <-visits:
		return v
	case <-time.After(startLimit):
		t.Fatal("the lab tells of no client")
		return lab.Visit{}
	}
}

// saved is the program that a visit makes, written and read again.
func saved(t *testing.T, v lab.Visit, limits client.Profile) client.Profile {
	t.Helper()
	if v.Hello == nil {
		t.Fatalf("no hello: %+v", v)
	}
	p, err := client.FromHello(v.Hello.ClientHello, limits.Min)
	if err != nil {
		t.Fatal(err)
	}
	p.ID, p.Name, p.Kind, p.Protocols = "x", "x", client.SendingServer, []string{"smtp"}
	p.MinDHBits, p.MaxDHBits, p.SHA2Signing = limits.MinDHBits, limits.MaxDHBits, limits.SHA2Signing
	var text bytes.Buffer
	if err := client.Write(&text, []client.Profile{p}); err != nil {
		t.Fatal(err)
	}
	list, err := client.Read(&text)
	if err != nil || len(list) != 1 || !reflect.DeepEqual(list[0], p) {
		t.Fatalf("written and read again: %+v, %v; want %+v", list, err, p)
	}
	return list[0]
}

// whatItGot reads from the wire what the first connection through a proxy agreed on.
func whatItGot(t *testing.T, proxy *wireproxy.Proxy, up bool) client.Result {
	t.Helper()
	all := proxy.Connections()
	if len(all) == 0 {
		t.Fatal("the sender did not connect")
	}
	if !up {
		return client.Result{Outcome: client.Fails}
	}
	got, err := negotiated(all[0].FirstToClient)
	if err != nil {
		t.Errorf("reading what was agreed: %v", err)
	}
	return got
}

// javaClient makes a handshake with the port that is its argument, and trusts everybody.
const javaClient = `import java.security.cert.X509Certificate;
import javax.net.ssl.*;
public class C {
  public static void main(String[] a) throws Exception {
    SSLContext c = SSLContext.getInstance("TLS");
    c.init(null, new TrustManager[] { new X509TrustManager() {
      public void checkClientTrusted(X509Certificate[] x, String s) {}
      public void checkServerTrusted(X509Certificate[] x, String s) {}
      public X509Certificate[] getAcceptedIssuers() { return new X509Certificate[0]; }
    } }, null);
    ((SSLSocket) c.getSocketFactory().createSocket("127.0.0.1", Integer.parseInt(a[0]))).startHandshake();
  }
}
`

// javaClients is Java as a client, which no other test needs.
func javaClients(t *testing.T) []realClient {
	t.Helper()
	file := filepath.Join(t.TempDir(), "C.java")
	if err := os.WriteFile(file, []byte(javaClient), 0o644); err != nil {
		t.Fatal(err)
	}
	return []realClient{{name: "java by default", profile: limits(tlswire.TLS12, 1024), args: func(port string) []string { return []string{"java", file, port} }}}
}

// TestProgramsAreSaved lets a program of each maker come to the lab: what it saves of it is the hello that it also sends to
// another server.
func TestProgramsAreSaved(t *testing.T) {
	if testing.Short() {
		t.Skip("runs eight programs twice")
	}
	t.Parallel()
	addr, visits := watchedLab(t, "strong-submissions")
	for _, c := range append(realClients(), javaClients(t)...) {
		if !strings.HasSuffix(c.name, "by default") && c.name != "openssl as Postfix" {
			continue
		}
		var missing *MissingError
		switch err := c.capture(t.Context()); {
		case errors.As(err, &missing) && os.Getenv(noSkip) != "1":
			t.Logf("without %s: %v", c.name, err)
			continue
		case err != nil:
			t.Fatalf("%s: %v", c.name, err)
		}
		_ = c.run(t.Context(), addr) // not all get what they want from it
		got, want := saved(t, nextVisit(t, visits), c.profile), c.profile
		want.ID, want.Name, want.Kind, want.Protocols = got.ID, got.Name, got.Kind, got.Protocols
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, want)
		}
	}
}
