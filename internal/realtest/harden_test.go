package realtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/fix"
)

// TestHarden has each program that is here check the syntax of the configuration that we print for it.
func TestHarden(t *testing.T) {
	for _, c := range []struct {
		software, version string
		program, debian   string
		before, after     string   // what a whole configuration needs besides
		args              []string // FILE is the configuration
		file              string
	}{
		{"dovecot", "2.3", "doveconf", "dovecot-imapd", "", "protocols = imap\n", []string{"-c", "FILE", "-n"}, "dovecot.conf"},
		{"exim", "", "exim", "exim4-daemon-light", "", "", []string{"-C", "FILE", "-bV"}, "exim.conf"},
		{"nginx", "1.22", "nginx", "nginx libnginx-mod-mail", "load_module /usr/lib/nginx/modules/ngx_mail_module.so;\nevents {}\n", "", []string{"-t", "-c", "FILE"}, "nginx.conf"},
		{"haproxy", "2.6", "haproxy", "haproxy", "", "", []string{"-c", "-f", "FILE"}, "haproxy.cfg"},
	} {
		t.Run(c.software, func(t *testing.T) {
			path, err := Lookup(c.program)
			if err != nil {
				path, err = exec.LookPath(c.program)
			}
			if err != nil {
				t.Skipf("needs Debian's %s", c.debian)
			}
			s, ok := fix.Named(c.software)
			if !ok {
				t.Fatal("there is no data for it")
			}
			dir := t.TempDir()
			if _, err := writeKeys(dir, []Key{RSA}); err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(s.Harden(c.version), "/etc/letsencrypt/live/mail.example.org/", "/etc/letsencrypt/live/"+Host+"/")
			text = strings.ReplaceAll(goodCertificate(text, dir), "/etc/haproxy/mail.example.org.pem", dir+"/both.pem")
			both := append(mustRead(t, dir+"/rsa.key"), mustRead(t, dir+"/rsa.crt")...)
			file := filepath.Join(dir, c.file)
			for name, content := range map[string][]byte{file: []byte(c.before + text + c.after), dir + "/both.pem": both} {
				if err := os.WriteFile(name, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir+"/rsa.key", 0o600); err != nil {
				t.Fatal(err)
			}
			args := strings.Split(strings.NewReplacer("FILE", file).Replace(strings.Join(c.args, "\x00")), "\x00")
			if out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
				t.Errorf("%s %v: %v\n%s\nof\n%s", path, args, err, out, text)
			}
		})
	}
}

func mustRead(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
