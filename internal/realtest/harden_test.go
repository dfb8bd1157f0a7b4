package realtest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/fix"
	"github.com/mailtls/mailtls/policy"
)

// hardened is the configuration that we print for a software, for our name.
func hardened(t *testing.T, software, version string) string {
	t.Helper()
	s, ok := fix.Named(software)
	if !ok {
		t.Fatalf("there is no data for %s", software)
	}
	return strings.ReplaceAll(s.Harden(version), "mail.example.org", Host)
}

// settings are the lines of a configuration that are no comments.
func settings(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return l == "" || strings.HasPrefix(l, "#") })
}

// TestHardenedServers puts all that we print for a mail server into one as Debian ships it: nothing is left to warn of, and a
// client gets through.
func TestHardenedServers(t *testing.T) {
	if testing.Short() {
		t.Skip("scans real servers")
	}
	t.Parallel()
	for _, c := range []struct {
		name, software, version, service string
		start                            func(*testing.T, weakServer) patient
	}{
		{"postfix, port 25", "postfix", "3.7", "smtp", startWeakPostfix},
		{"postfix, submission", "postfix", "3.7", "submission", startWeakPostfix},
		{"dovecot", "dovecot", "2.3", "imap", startWeakDovecot},
		{"exim", "exim", "4.96", "submissions", startWeakExim},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := weakServer{service: c.service, full: true}
			p := c.start(t, w)
			var lines []string
			for _, l := range settings(hardened(t, c.software, c.version)) {
				switch {
				case strings.HasSuffix(l, "_ports = 465"), strings.HasSuffix(l, "_ports = 25 : 465 : 587"): // this server has others
				case c.software == "postfix":
					lines = append(lines, fmt.Sprintf("postconf -e '%s'", l))
				default:
					lines = append(lines, l)
				}
			}
			p.apply(t, lines)
			if d := w.scan(t, p.addr); len(d.wrong)+len(d.open) > 0 {
				t.Errorf("wrong: %v, open: %v\n%s", d.wrong, d.open, d.page)
			}
			p.use(t)
		})
	}
}

// A front is a program that does TLS before a mail server, with the whole configuration that we print.
type front struct {
	software, version string
	by                *policy.Policy // as for harden --policy; nil: without
	change            []string       // of the configuration: old and new text by turns; PORT is the port, DIR the folder
	before, after     string         // what the program wants besides
	file              string
	args              []string // FILE is the configuration
	protocol          string
}

func fronts() []front {
	return []front{
		{software: "nginx", version: "1.22", protocol: "imap", file: "nginx.conf",
			before: "daemon off; pid DIR/pid; error_log stderr; load_module /usr/lib/nginx/modules/ngx_mail_module.so;\nevents {}\n",
			change: []string{"listen 143;", "listen 127.0.0.1:PORT;", "    server { listen 993 ssl;", "    # server { listen 993 ssl;",
				"    server { listen 995 ssl;", "    # server { listen 995 ssl;", "    server { listen 587;", "    # server { listen 587;"},
			args: []string{"-c", "FILE"}},
		{software: "haproxy", version: "2.6", protocol: "imaps", file: "haproxy.cfg", change: []string{"bind :993", "bind 127.0.0.1:PORT"},
			args: []string{"-db", "-f", "FILE"}},
		{software: "stunnel", version: "5.68", protocol: "imaps", file: "stunnel.conf", before: "foreground = yes\npid =\n",
			change: []string{"accept = 993", "accept = 127.0.0.1:PORT"}, args: []string{"FILE"}},
	}
}

// TestHardenedFronts runs them, and scans what they serve. There is no mail server behind.
func TestHardenedFronts(t *testing.T) {
	if testing.Short() {
		t.Skip("scans real servers")
	}
	t.Parallel()
	for _, f := range fronts() {
		t.Run(f.software, func(t *testing.T) {
			t.Parallel()
			Need(t, f.software)
			server, err := start(t.Context(), f.prepare)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(server.Close)
			faultless(t, f.protocol, server.Addr(f.protocol), hardened(t, f.software, f.version))
		})
	}
}

func (f front) prepare() (launch, error) {
	dir, services, err := prepare(f.software, loopback, f.configure, f.protocol)
	args := make([]string, len(f.args))
	for i, a := range f.args {
		args[i] = strings.ReplaceAll(a, "FILE", filepath.Join(dir, f.file))
	}
	return launch{name: f.software, program: f.software, args: args, dir: dir, services: services}, err
}

// printed is what mailtls harden prints.
func (f front) printed() (string, error) {
	s, _ := fix.Named(f.software)
	if f.by == nil {
		return s.Harden(f.version), nil
	}
	return s.HardenBy(f.version, f.by)
}

// configure writes the configuration, and the key with its certificate in one file besides.
func (f front) configure(dir string, services map[string]string) error {
	pairs, err := writeKeys(dir, nil)
	if err != nil {
		return err
	}
	printed, err := f.printed()
	if err != nil {
		return err
	}
	text := strings.NewReplacer(f.change...).Replace(f.before + printed + f.after)
	text = goodCertificate(strings.ReplaceAll(text, "mail.example.org", Host), dir)
	text = strings.NewReplacer("/etc/haproxy/"+Host+".pem", "DIR/both.pem").Replace(text)
	text = strings.NewReplacer("DIR", dir, "PORT", port(services[f.protocol])).Replace(text)
	key, err := os.ReadFile(pairs[0].key)
	if err != nil {
		return err
	}
	cert, err := os.ReadFile(pairs[0].cert)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "both.pem"), append(key, cert...), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, f.file), []byte(text), 0o600)
}
