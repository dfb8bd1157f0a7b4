package realtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Exim is an Exim 4 as Debian ships it, with GnuTLS, and the services smtp (STARTTLS) and submissions (implicit TLS).
// It must be started as root, and needs the user Debian-exim.
type Exim struct {
	// Keys are the kinds of its certificates.
	Keys []Key
	// Limits leaves smtp_accept_max at its default of 20 connections at once, which a scanner reaches quickly.
	Limits bool
	// Parameters are further lines of the configuration's main section, "tls_require_ciphers = NORMAL".
	Parameters []string
}

// eximUser is compiled into Debian's Exim.
const eximUser = "Debian-exim"

// Start runs it; see Starter.
func (e Exim) Start(ctx context.Context) (*Server, error) { return start(ctx, e.prepare) }

func (e Exim) prepare() (launch, error) {
	if err := rootFor("exim"); err != nil {
		return launch{}, err
	}
	dir, services, err := prepare("exim", loopback, e.configure, "smtp", "submissions")
	return launch{name: "exim", program: "exim", args: []string{"-C", filepath.Join(dir, "exim.conf"), "-bdf"}, dir: dir,
		services: services, logs: []string{filepath.Join(dir, "mainlog"), filepath.Join(dir, "paniclog")}}, err
}

func (e Exim) configure(dir string, services map[string]string) error {
	uid, err := userID("exim", eximUser)
	if err != nil {
		return err
	}
	if err := os.Chown(dir, uid, -1); err != nil {
		return fmt.Errorf("giving Exim its folder: %w", err)
	}
	pairs, err := writeKeys(dir, e.Keys)
	if err != nil {
		return err
	}
	var certs, keys []string
	for _, p := range pairs {
		certs, keys = append(certs, p.cert), append(keys, p.key)
	}
	conf := strings.NewReplacer("DIR", dir, "HOST", Host, "PORTS", port(services["smtp"])+" : "+port(services["submissions"]),
		"IMPLICIT", port(services["submissions"]), "CERTS", strings.Join(certs, " : "), "KEYS", strings.Join(keys, " : ")).Replace(eximConf)
	lines := e.Parameters
	if !e.Limits {
		lines = append([]string{"smtp_accept_max = 200"}, lines...)
	}
	conf += strings.Join(lines, "\n") + "\nbegin acl\n"
	if err := os.WriteFile(filepath.Join(dir, "exim.conf"), []byte(conf), 0o644); err != nil {
		return fmt.Errorf("configuring Exim: %w", err)
	}
	return nil
}

// eximConf leaves all that touches TLS at its default. No ACL accepts a recipient. A client on the same machine that
// greets with its address would have it looked up in the DNS, which may take seconds.
const eximConf = `keep_environment =
helo_lookup_domains =
primary_hostname = HOST
spool_directory = DIR/spool
log_file_path = DIR/%slog
pid_file_path = DIR/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = PORTS
tls_on_connect_ports = IMPLICIT
tls_advertise_hosts = *
tls_certificate = CERTS
tls_privatekey = KEYS
`
