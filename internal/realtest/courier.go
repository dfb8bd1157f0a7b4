package realtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Courier is a Courier 1.0 (its IMAP server counts 5.0) as Debian ships it, with GnuTLS, and the services imap, imaps, pop3 and
// pop3s. It must be started as root, and needs the user courier.
type Courier struct {
	// Keys are the kinds of its certificates: one.
	Keys []Key
}

// courierUser is compiled into Debian's Courier.
const courierUser = "courier"

// courierServices are what runs for each service, behind a shell that has read the configuration.
var courierServices = []struct{ name, config, command string }{
	{"imap", "imapd", "$B/courier/imaplogin $R/bin/imapd Maildir"},
	{"imaps", "imapd", "$COURIERTLS -server -tcpd -user=courier $B/courier/imaplogin $R/bin/imapd Maildir"},
	{"pop3", "pop3d", "$B/courier/courierpop3login $B/courier/courierpop3d Maildir"},
	{"pop3s", "pop3d", "$COURIERTLS -server -tcpd -user=courier $B/courier/courierpop3login $B/courier/courierpop3d Maildir"},
}

// Start runs it; see Starter.
func (c Courier) Start(ctx context.Context) (*Server, error) {
	for _, p := range []string{"couriertcpd", "couriertls", "imaplogin", "courierpop3login", "courierlogger"} {
		if err := rootFor(p); err != nil {
			return nil, err
		}
	}
	if _, err := userID("couriertcpd", courierUser); err != nil {
		return nil, err
	}
	dir, err := folder("courier")
	if err != nil {
		return nil, err
	}
	all := &Server{Name: "courier", Dir: dir, services: map[string]string{}, stop: func() {}, log: func() string { return "" }}
	if err := c.configure(dir); err != nil {
		all.Close()
		return nil, err
	}
	for i := range courierServices {
		one, err := retry(func() (*Server, error) { return c.launch(ctx, dir, i) })
		if err != nil {
			all.Close()
			return nil, err
		}
		all.join(one)
	}
	return all, nil
}

// join makes another server of the same folder part of s.
func (s *Server) join(other *Server) {
	stop, log := s.stop, s.log
	for name, addr := range other.services {
		s.services[name] = addr
	}
	s.stop = func() { stop(); other.stop() }
	s.log = func() string { return log() + other.log() }
}

// configure puts key and certificate into one file, as Courier wants them.
func (c Courier) configure(dir string) error {
	pairs, err := writeKeys(dir, c.Keys)
	if err != nil {
		return err
	}
	key, err := os.ReadFile(pairs[0].key)
	cert, also := os.ReadFile(pairs[0].cert)
	if err = errors.Join(err, also); err == nil {
		err = os.WriteFile(filepath.Join(dir, "both.pem"), append(key, cert...), 0o644) //nolint:gosec // worth nothing, and read by courier
	}
	return err
}

// launch starts the ith service: couriertcpd runs a program for each connection.
func (c Courier) launch(ctx context.Context, dir string, i int) (*Server, error) {
	s := courierServices[i]
	services, err := addressesOn(dovecotHost, s.name)
	if err != nil {
		return nil, err
	}
	shell := fmt.Sprintf(courierShell, s.config, s.config, strings.ToUpper(s.config[:4]), boolToYes(strings.HasSuffix(s.name, "s")),
		dovecotHost, port(services[s.name]), s.command)
	return launch{name: "courier " + s.name, program: "sh", args: []string{"-c", shell}, dir: dir, services: services,
		env: []string{"LD_LIBRARY_PATH=/opt/courier/usr/lib:/opt/courier/usr/lib/x86_64-linux-gnu"}}.run(ctx)
}

func boolToYes(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// courierShell does what Debian's start scripts do: the files that it reads are Debian's.
const courierShell = `set -a; R=/opt/courier/usr; B=$R/lib/courier
. /opt/courier/etc/courier/%s; . /opt/courier/etc/courier/%s-ssl
TLS_CERTFILE=$PWD/both.pem TLS_CACHEFILE= COURIERTLS=$R/bin/couriertls IMAP_STARTTLS=YES %s_TLS=%s
exec $R/sbin/couriertcpd -address=%s -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup %s %s`
