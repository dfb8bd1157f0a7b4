package realtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Cyrus is a Cyrus IMAP 3.6 as Debian ships it, with the services imap, imaps, pop3, pop3s, sieve and lmtp. It must be started
// as root.
type Cyrus struct {
	// Keys are the kinds of its certificates: one.
	Keys []Key
	// Parameters are further lines of imapd.conf, "tls_versions: tls1_2 tls1_3".
	Parameters []string
}

// cyrusUser is what it runs as.
const cyrusUser = "nobody"

// Start runs it; see Starter.
func (c Cyrus) Start(ctx context.Context) (*Server, error) { return start(ctx, c.prepare) }

func (c Cyrus) prepare() (launch, error) {
	for _, p := range []string{"cyrus-imapd", "cyrus-pop3d", "cyrus-master"} {
		if err := rootFor(p); err != nil {
			return launch{}, err
		}
	}
	// not where our connections come from, as with Dovecot
	dir, services, err := prepare("cyrus", dovecotHost, c.configure, "imap", "imaps", "pop3", "pop3s", "sieve", "lmtp")
	return launch{name: "cyrus", program: "cyrus-master", dir: dir, services: services,
		args: []string{"-D", "-C", filepath.Join(dir, "imapd.conf"), "-M", filepath.Join(dir, "cyrus.conf"), "-p", filepath.Join(dir, "pid")},
		env:  []string{"CYRUS_USER=" + cyrusUser, "LD_LIBRARY_PATH=/opt/cyrus/usr/lib/x86_64-linux-gnu"}}, err
}

func (c Cyrus) configure(dir string, services map[string]string) error {
	uid, err := userID("cyrus-master", cyrusUser)
	if err != nil {
		return err
	}
	for _, d := range []string{"conf", "conf/socket", "spool"} {
		if err = os.Mkdir(filepath.Join(dir, d), 0o755); err == nil {
			err = os.Chown(filepath.Join(dir, d), uid, -1)
		}
		if err != nil {
			return fmt.Errorf("making Cyrus' folders: %w", err)
		}
	}
	pairs, err := writeKeys(dir, c.Keys)
	if err != nil {
		return err
	}
	place := strings.NewReplacer("DIR", dir, "HOST", Host, "CERT", pairs[0].cert, "KEY", pairs[0].key, "BIN", "/opt/cyrus/usr/lib/cyrus/bin")
	var list strings.Builder
	for _, l := range cyrusListeners {
		fmt.Fprintf(&list, "  %s cmd=\"BIN/%s -C DIR/imapd.conf\" listen=\"%s\" prefork=0 maxforkrate=0\n", l.name, l.command, services[l.name])
	}
	for name, text := range map[string]string{"imapd.conf": cyrusConf + strings.Join(c.Parameters, "\n") + "\n",
		"cyrus.conf": "START {\n  recover cmd=\"BIN/ctl_cyrusdb -C DIR/imapd.conf -r\"\n}\nSERVICES {\n" + list.String() + "}\nEVENTS {\n}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(place.Replace(text)), 0o644); err != nil {
			return fmt.Errorf("configuring Cyrus: %w", err)
		}
	}
	return nil
}

var cyrusListeners = []struct{ name, command string }{
	{"imap", "imapd"}, {"imaps", "imapd -s"}, {"pop3", "pop3d"}, {"pop3s", "pop3d -s"}, {"sieve", "timsieved"}, {"lmtp", "lmtpd"},
}

// cyrusConf has what touches TLS in Debian's imapd.conf: clients may show certificates.
const cyrusConf = `configdirectory: DIR/conf
partition-default: DIR/spool
defaultpartition: default
servername: HOST
tls_server_cert: CERT
tls_server_key: KEY
tls_client_ca_dir: /etc/ssl/certs
tls_session_timeout: 1440
allowplaintext: no
sasl_pwcheck_method: saslauthd
sasl_mech_list: PLAIN LOGIN
idlesocket: DIR/conf/socket/idle
lmtpsocket: DIR/conf/socket/lmtp
notifysocket: DIR/conf/socket/notify
`
