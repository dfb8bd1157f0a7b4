package realtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sendmailMC is what every sendmail of the tests needs, in its macro language; FOLDER is its own.
const sendmailMC = "OSTYPE(`linux')dnl\ndefine(`confDOMAIN_NAME', `" + Host + "')dnl\ndefine(`QUEUE_DIR', `FOLDER')dnl\n" +
	"define(`STATUS_FILE', `FOLDER/status')dnl\ndefine(`confSERVICE_SWITCH_FILE', `FOLDER/switch')dnl\n" +
	"MAILER(`local')dnl\nMAILER(`smtp')dnl\n"

// startSendmail starts a sendmail for each connection to the address that it returns, with its configuration. settings makes the
// part about TLS, for a folder with a key and its certificate.
func startSendmail(t *testing.T, settings func(dir string, p pair) string) (addr, configuration string) {
	t.Helper()
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
	mc := strings.ReplaceAll(sendmailMC, "FOLDER", dir) + settings(dir, privateKey(t, dir))
	const cf = "/opt/sendmail/usr/share/sendmail/cf/"
	write(t, filepath.Join(dir, "switch"), "hosts files\n")
	write(t, filepath.Join(dir, "sendmail.mc"), mc)
	out, err := capture(t.Context(), nil, "m4", "-D_CF_DIR_="+cf, cf+"m4/cf.m4", filepath.Join(dir, "sendmail.mc"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "sendmail.cf"), out)
	sendmail, err := Lookup("sendmail")
	if err != nil {
		t.Fatal(err)
	}
	// It asks the DNS for the machine's name, and waits a minute if it is not known there: it gets another, and no network.
	return serveEach(t, nil, "unshare", "--uts", "--net", "sh", "-c", "hostname "+Host+` && exec "$@"`, "sh",
		sendmail, "-C", filepath.Join(dir, "sendmail.cf"), "-bs"), mc
}

// privateKey writes a key that nobody but its owner may read, as some servers want it, with its certificate.
func privateKey(t *testing.T, dir string) pair {
	t.Helper()
	pairs, err := writeKeys(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(pairs[0].key, 0o600); err != nil {
		t.Fatal(err)
	}
	return pairs[0]
}
