package realtest

import (
	"strings"
	"testing"
)

// TestAttacksFailOnSendmail tries all attacks on a sendmail whose settings of TLS are its defaults.
func TestAttacksFailOnSendmail(t *testing.T) {
	if testing.Short() {
		t.Skip("scans a mail server")
	}
	t.Parallel()
	addr, _ := startSendmail(t, func(_ string, p pair) string {
		return strings.NewReplacer("PEM", p.cert, "SECRET", p.key).Replace("define(`confSERVER_CERT', `PEM')dnl\n" +
			"define(`confSERVER_KEY', `SECRET')dnl\ndefine(`confCACERT', `PEM')dnl\ndefine(`confCACERT_PATH', `/etc/ssl/certs')dnl\n")
	})
	(&triedServer{}).attack(t, "smtp", addr)
}
