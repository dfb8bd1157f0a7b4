package realtest

import (
	"fmt"
	"os/exec"
	"path/filepath"
)

// A program is found under the first of its paths that exists; a bare name is looked for in PATH.
type program struct {
	name   string
	paths  []string
	debian string
}

var programs = []program{
	{"postfix", []string{"/usr/lib/postfix/sbin/master", "/usr/libexec/postfix/master"}, "postfix"},
	{"dovecot", []string{"dovecot", "/usr/sbin/dovecot"}, "dovecot-imapd dovecot-pop3d dovecot-managesieved dovecot-lmtpd"},
	// Debian's exim4 and postfix conflict: one of them has to be unpacked rather than installed.
	{"exim", []string{"/opt/exim4/usr/sbin/exim4", "exim4", "/usr/sbin/exim4"}, "exim4-daemon-light (dpkg -x … /opt/exim4)"},
	{"openssl", []string{"openssl"}, "openssl"},
	{"gnutls-serv", []string{"gnutls-serv"}, "gnutls-bin"},
	{"gnutls-cli", []string{"gnutls-cli"}, "gnutls-bin"},
	{"selfserv", []string{"selfserv"}, "libnss3-tools"},
	{"tstclnt", []string{"tstclnt"}, "libnss3-tools"},
	{"certutil", []string{"certutil"}, "libnss3-tools"},
	{"pk12util", []string{"pk12util"}, "libnss3-tools"},
	{"java", []string{"java"}, "openjdk-17-jdk-headless"},
	{"javac", []string{"javac"}, "openjdk-17-jdk-headless"},
	{"curl", []string{"curl"}, "curl"},
	{"nginx", []string{"nginx", "/usr/sbin/nginx"}, "nginx libnginx-mod-mail"},
	{"haproxy", []string{"haproxy", "/usr/sbin/haproxy"}, "haproxy"},
	// These conflict with postfix or dovecot, too.
	{"smtpd", []string{"/opt/opensmtpd/usr/sbin/smtpd"}, "opensmtpd (dpkg -x … /opt/opensmtpd)"},
	{"cyr_info", []string{"/opt/cyrus/usr/lib/cyrus/bin/cyr_info"}, "cyrus-common, libxapian30 and libical3 (dpkg -x … /opt/cyrus)"},
	{"cyrus-master", []string{"/opt/cyrus/usr/lib/cyrus/bin/master"}, "cyrus-common (dpkg -x … /opt/cyrus)"},
	{"cyrus-imapd", []string{"/opt/cyrus/usr/lib/cyrus/bin/imapd"}, "cyrus-imapd (dpkg -x … /opt/cyrus)"},
	{"cyrus-pop3d", []string{"/opt/cyrus/usr/lib/cyrus/bin/pop3d"}, "cyrus-pop3d (dpkg -x … /opt/cyrus)"},
	{"couriertcpd", []string{"/opt/courier/usr/sbin/couriertcpd"}, "courier-base (dpkg -x … /opt/courier)"},
	{"courierlogger", []string{"/opt/courier/usr/sbin/courierlogger"}, "courier-authlib, libcourier-unicode4 and libgamin0 (dpkg -x … /opt/courier)"},
	{"imaplogin", []string{"/opt/courier/usr/lib/courier/courier/imaplogin"}, "courier-imap (dpkg -x … /opt/courier)"},
	{"courierpop3login", []string{"/opt/courier/usr/lib/courier/courier/courierpop3login"}, "courier-pop (dpkg -x … /opt/courier)"},
	{"erlexec", []string{erlang + "/erts-13.1.5/bin/erlexec"}, "erlang-base, erlang-ssl, erlang-crypto, erlang-public-key and erlang-asn1 (dpkg -x … /opt/erlang)"},
	{"posttls-finger", []string{"posttls-finger", "/usr/sbin/posttls-finger"}, "postfix"},
	{"mta-sts-daemon", []string{"mta-sts-daemon"}, "postfix-mta-sts-resolver"},
	{"mta-sts-query", []string{"mta-sts-query"}, "postfix-mta-sts-resolver"},
	{"nsd", []string{"nsd", "/usr/sbin/nsd"}, "nsd"},
	{"unbound", []string{"unbound", "/usr/sbin/unbound"}, "unbound"},
	{"ip", []string{"ip", "/sbin/ip"}, "iproute2"},
	{"sh", []string{"/bin/sh"}, "dash"},
	{"unshare", []string{"unshare"}, "util-linux"},
	{"couriertls", []string{"/opt/courier/usr/bin/couriertls"}, "courier-base (dpkg -x … /opt/courier)"},
	{"sendmail", []string{"/opt/sendmail/usr/libexec/sendmail/sendmail"}, "sendmail-bin and sendmail-cf (dpkg -x … /opt/sendmail)"},
	{"m4", []string{"m4"}, "m4"},
	{"stunnel", []string{"stunnel4", "/usr/bin/stunnel4"}, "stunnel4"},
	{"postgres", []string{postgresBin + "/postgres", "/opt/postgresql" + postgresBin + "/postgres"}, "postgresql-15 (dpkg -x … /opt/postgresql)"},
	{"initdb", []string{postgresBin + "/initdb", "/opt/postgresql" + postgresBin + "/initdb"}, "postgresql-15 (dpkg -x … /opt/postgresql)"},
	{"setpriv", []string{"setpriv"}, "util-linux"},
	{"systemd-analyze", []string{"systemd-analyze"}, "systemd"},
	{"pebble", []string{"pebble"}, "pebble"},
	{"python3", []string{"/usr/bin/python3", "python3"}, "python3"},
}

// postgresBin is where Debian 12 has the programs of PostgreSQL.
const postgresBin = "/usr/lib/postgresql/15/bin"

// MissingError says that a program a server needs is not there, or cannot be used.
type MissingError struct {
	// Program is the name given to Lookup.
	Program string
	// Reason is what to do about it.
	Reason string
}

// Error names the program and what to do about it.
func (e *MissingError) Error() string { return fmt.Sprintf("no usable %s: %s", e.Program, e.Reason) }

// Lookup finds a program: postfix, dovecot, exim, openssl, gnutls-serv, gnutls-cli, selfserv, tstclnt, certutil,
// pk12util, java, javac, curl, python3, nginx, haproxy,
// smtpd, cyr_info, cyrus-master, cyrus-imapd, cyrus-pop3d, couriertls, couriertcpd, courierlogger, imaplogin, courierpop3login,
// erlexec, sendmail, m4, stunnel, posttls-finger,
// mta-sts-daemon, mta-sts-query, nsd, unbound, ip, sh, unshare, postgres, initdb, setpriv, systemd-analyze
// or pebble. The error is a *MissingError.
func Lookup(name string) (string, error) {
	for _, p := range programs {
		if p.name != name {
			continue
		}
		for _, path := range p.paths {
			if found, err := exec.LookPath(path); err == nil {
				return filepath.Abs(found)
			}
		}
		return "", &MissingError{name, "install Debian's " + p.debian}
	}
	return "", &MissingError{name, "this package does not know it"}
}
