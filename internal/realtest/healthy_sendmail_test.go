package realtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAttacksFailOnSendmail tries all attacks on a sendmail that is started for each connection.
func TestAttacksFailOnSendmail(t *testing.T) {
	if testing.Short() {
		t.Skip("scans a mail server")
	}
	t.Parallel()
	for _, p := range []string{"sendmail", "m4", "unshare"} {
		if err := rootFor(p); err != nil {
			giveUp(t, err)
		}
	}
	dir, err := os.MkdirTemp("/run", "sendmail-") // it reads no key from below a folder that all may write to
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	pairs, err := writeKeys(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(pairs[0].key, 0o600); err != nil {
		t.Fatal(err)
	}
	mc := strings.NewReplacer("HOST", Host, "FOLDER", dir, "PEM", pairs[0].cert, "SECRET", pairs[0].key).Replace(sendmailMC)
	const cf = "/opt/sendmail/usr/share/sendmail/cf/"
	write(t, filepath.Join(dir, "switch"), "hosts files\n")
	write(t, filepath.Join(dir, "sendmail.mc"), mc)
	out, err := capture(t.Context(), nil, "m4", "-D_CF_DIR_="+cf, cf+"m4/cf.m4", filepath.Join(dir, "sendmail.mc"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "sendmail.cf"), out)
	sendmail, _ := Lookup("sendmail")
	// as in TestHardenedSendmail
	addr := serveEach(t, nil, "unshare", "--uts", "--net", "sh", "-c", "hostname "+Host+` && exec "$@"`, "sh",
		sendmail, "-C", filepath.Join(dir, "sendmail.cf"), "-bs")
	(&triedServer{}).attack(t, "smtp", addr)
}

// sendmailMC leaves all that touches TLS at its default.
const sendmailMC = "OSTYPE(`linux')dnl\ndefine(`confDOMAIN_NAME', `HOST')dnl\ndefine(`QUEUE_DIR', `FOLDER')dnl\n" +
	"define(`STATUS_FILE', `FOLDER/status')dnl\ndefine(`confSERVICE_SWITCH_FILE', `FOLDER/switch')dnl\n" +
	"MAILER(`local')dnl\nMAILER(`smtp')dnl\n" +
	"define(`confSERVER_CERT', `PEM')dnl\ndefine(`confSERVER_KEY', `SECRET')dnl\ndefine(`confCACERT', `PEM')dnl\n" +
	"define(`confCACERT_PATH', `/etc/ssl/certs')dnl\n"
