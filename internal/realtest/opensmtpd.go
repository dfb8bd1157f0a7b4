package realtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// OpenSMTPD is an OpenSMTPD 6.8 as Debian ships it, with the services smtp (STARTTLS) and smtps. It must be started as root, and
// needs the users opensmtpd and opensmtpq. Debian links it with OpenSSL 3, which it does not know: every handshake in which it has
// to use its key fails (https://github.com/OpenSMTPD/OpenSMTPD/issues/1171).
type OpenSMTPD struct {
	// Keys are the kinds of its certificates: one.
	Keys []Key
}

// Start runs it; see Starter.
func (o OpenSMTPD) Start(ctx context.Context) (*Server, error) { return start(ctx, o.prepare) }

func (o OpenSMTPD) prepare() (launch, error) {
	for _, p := range []string{"smtpd", "unshare"} {
		if err := rootFor(p); err != nil {
			return launch{}, err
		}
	}
	for _, name := range []string{"opensmtpd", "opensmtpq"} {
		if _, err := userID("smtpd", name); err != nil {
			return launch{}, err
		}
	}
	dir, services, err := prepare("opensmtpd", loopback, o.configure, "smtp", "smtps")
	return launch{name: "opensmtpd", program: "unshare", args: []string{"--mount", "sh", "-c", opensmtpdShell, "sh", dir}, dir: dir, services: services}, err
}

func (o OpenSMTPD) configure(dir string, services map[string]string) error {
	pairs, err := writeKeys(dir, o.Keys)
	if err == nil {
		err = os.Chmod(pairs[0].key, 0o600) // or it does not read it
	}
	if err != nil {
		return err
	}
	text := strings.NewReplacer("CERT", pairs[0].cert, "KEY", pairs[0].key, "HOST", Host, "IMPLICIT", port(services["smtps"]),
		"PORT", port(services["smtp"])).Replace(opensmtpdConf)
	if err := os.WriteFile(filepath.Join(dir, "smtpd.conf"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("configuring OpenSMTPD: %w", err)
	}
	return nil
}

const opensmtpdConf = `pki HOST cert "CERT"
pki HOST key "KEY"
listen on 127.0.0.1 port PORT tls pki HOST hostname HOST
listen on 127.0.0.1 port IMPLICIT smtps pki HOST hostname HOST
match from any for any reject
`

// opensmtpdShell gives it the folders that are compiled into it, in a file system of its own.
const opensmtpdShell = `set -e
mkdir $1/spool $1/run
mount --bind $1/spool /var/spool
mount --bind $1/run /run
mount -t tmpfs none /var/lib
mount -t tmpfs none /usr/libexec
mkdir -p /var/lib/opensmtpd/empty
ln -s /opt/opensmtpd/usr/libexec/opensmtpd /usr/libexec/opensmtpd
exec /opt/opensmtpd/usr/sbin/smtpd -d -f $1/smtpd.conf`
