package lab

import (
	"context"
	"net"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// TestNmap has nmap, which shares no line of code with the lab, list what the
// weakest servers accept. They speak implicit TLS here, because nmap takes an
// unknown port for that.
func TestNmap(t *testing.T) {
	if _, err := exec.LookPath("nmap"); err != nil {
		t.Skip("nmap is not installed")
	}
	ca := testCA(t)
	sslv3, _ := ByName("sslv3-only")
	for _, s := range append(suiteServers(), ancient(), postfixDebian(), sslv3) {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			s.Protocol = starttls.IMAPS
			out := nmap(t, start(t, s, ca))
			for v, want := range s.Suites {
				if v != tlswire.SSLv2 && v != tlswire.TLS13 {
					checkListed(t, v, section(out, v), want)
				}
			}
			if compressed := strings.Contains(out, "DEFLATE"); compressed != (len(s.Compression) > 0) {
				t.Errorf("compression listed: %v", compressed)
			}
			if v2 := strings.Contains(out, "SSLv2 supported"); v2 != s.accepts(tlswire.SSLv2) {
				t.Errorf("SSLv2 listed: %v", v2)
			}
			order := map[Preference]string{PreferServer: "server", PreferClient: "client"}[s.Preference]
			if !strings.Contains(out, "cipher preference: "+order) {
				t.Errorf("preference is not %s", order)
			}
		})
	}
}

// nmap returns what nmap finds out about a server.
func nmap(t *testing.T, r *Running) string {
	t.Helper()
	host, port, err := net.SplitHostPort(r.Addr)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "nmap", "-n", "-Pn", "-p", port, "--script", "+ssl-enum-ciphers,+sslv2", host).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// section returns the part of nmap's output about one version.
func section(out string, v tlswire.Version) string {
	title := map[tlswire.Version]string{tlswire.SSLv3: "SSLv3", tlswire.TLS10: "TLSv1.0", tlswire.TLS11: "TLSv1.1", tlswire.TLS12: "TLSv1.2"}[v]
	_, rest, _ := strings.Cut(out, "|   "+title+": ")
	part, _, _ := strings.Cut(rest, "compressors")
	return part
}

// checkListed compares the suites that nmap found with those of the value.
func checkListed(t *testing.T, v tlswire.Version, found string, want []tlswire.Suite) {
	t.Helper()
	got := regexp.MustCompile(`TLS_\w+`).FindAllString(found, -1)
	var names []string
	for _, s := range want {
		names = append(names, s.String())
	}
	slices.Sort(got)
	slices.Sort(names)
	if !slices.Equal(got, names) {
		t.Errorf("%v: nmap found %v\nwant %v", v, got, names)
	}
}
