package realtest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Dovecot is a Dovecot 2.3 as Debian ships it, with the services imap, imaps, pop3, pop3s, sieve and lmtp. It must be
// started as root.
type Dovecot struct {
	// Keys are the kinds of its certificates: one, or RSA and then ECDSA.
	Keys []Key
	// At is an address, not of loopback, where the services have their own ports. Empty: free ports of 127.0.0.2.
	At string
	// Parameters are further lines of the configuration, "ssl_prefer_server_ciphers = yes".
	Parameters []string
}

// Start runs it; see Starter.
func (d Dovecot) Start(ctx context.Context) (*Server, error) { return start(ctx, d.prepare) }

func (d Dovecot) prepare() (launch, error) {
	if err := rootFor("dovecot"); err != nil {
		return launch{}, err
	}
	dir, services, err := prepare("dovecot", cmp.Or(d.At, dovecotHost), d.configure, "imap", "imaps", "pop3", "pop3s", "sieve", "lmtp")
	return launch{name: "dovecot", program: "dovecot", args: []string{"-F", "-c", filepath.Join(dir, "dovecot.conf")}, dir: dir,
		services: services, logs: []string{filepath.Join(dir, "log")}}, err
}

func (d Dovecot) configure(dir string, services map[string]string) error {
	pairs, err := writeKeys(dir, d.Keys)
	if err != nil {
		return err
	}
	conf := strings.NewReplacer("DIR", dir, "HOST", cmp.Or(d.At, dovecotHost)).Replace(dovecotConf)
	for i, pair := range pairs {
		name := []string{"ssl_", "ssl_alt_"}[i]
		conf += fmt.Sprintf("%scert = <%s\n%skey = <%s\n", name, pair.cert, name, pair.key)
	}
	for _, l := range dovecotListeners {
		conf += "service " + l.service + " {\n"
		for _, name := range l.names {
			conf += fmt.Sprintf("  inet_listener %s {\n    port = %s\n    ssl = %s\n  }\n", name, port(services[name]), implicit(name))
		}
		conf += "}\n"
	}
	conf += strings.Join(d.Parameters, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(dir, "dovecot.conf"), []byte(conf), 0o644); err != nil {
		return fmt.Errorf("configuring Dovecot: %w", err)
	}
	return nil
}

func implicit(service string) string {
	if service == "imaps" || service == "pop3s" {
		return "yes"
	}
	return "no"
}

var dovecotListeners = []struct {
	service string
	names   []string
}{
	{"imap-login", []string{"imap", "imaps"}},
	{"pop3-login", []string{"pop3", "pop3s"}},
	{"managesieve-login", []string{"sieve"}},
	{"lmtp", []string{"lmtp"}},
}

// dovecotHost is not where our connections come from, since Dovecot takes its own address for safe: it would offer logins
// before TLS.
const dovecotHost = "127.0.0.2"

// dovecotConf leaves all that touches TLS at its default. Anybody may log in, to an empty mailbox.
const dovecotConf = `base_dir = DIR/run
state_dir = DIR/state
log_path = DIR/log
listen = HOST
protocols = imap pop3 sieve lmtp
ssl = yes
mail_location = maildir:DIR/mail/%u
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=mail gid=mail home=DIR/mail/%u
}
`
