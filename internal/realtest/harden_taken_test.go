package realtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHardenIsTaken has programs that are not easily run check the configuration that we print, and a broken one.
func TestHardenIsTaken(t *testing.T) {
	for _, c := range []struct {
		software, version, program string
		more                       string // what the program wants besides
		broken                     string // a line that it does not take
		args                       []string
		env                        []string
		silent                     bool // what is wrong is told by its output and not by its exit code
	}{
		{software: "opensmtpd", version: "6.8", program: "smtpd", broken: "smtp cipher \"HIGH\"\n", args: []string{"-n", "-f", "FILE"}},
		{software: "cyrus", version: "3.6", program: "cyr_info", more: "configdirectory: DIR\npartition-default: DIR\n", broken: "tls_version: tls1_2\n",
			args: []string{"-C", "FILE", "-M", "DIR/cyrus.conf", "conf-lint"}, silent: true,
			env: []string{"CYRUS_USER=nobody", "LD_LIBRARY_PATH=/opt/cyrus/usr/lib/x86_64-linux-gnu"}},
	} {
		t.Run(c.software, func(t *testing.T) {
			Need(t, c.program)
			path, err := Lookup(c.program)
			if err != nil {
				t.Fatal(err)
			}
			dir, err := folder(c.software) // that others may enter
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(dir) })
			privateKey(t, dir)
			file := filepath.Join(dir, "conf")
			place := strings.NewReplacer("DIR", dir, "FILE", file)
			text := goodCertificate(hardened(t, c.software, c.version), dir) + place.Replace(c.more)
			for i, a := range c.args {
				c.args[i] = place.Replace(a)
			}
			taken := func(text string) (bool, string) {
				for name, content := range map[string]string{file: text, filepath.Join(dir, "cyrus.conf"): "START {\n}\nSERVICES {\n}\nEVENTS {\n}\n"} {
					if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				cmd := command(t.Context(), path, c.args...)
				cmd.Env = append(os.Environ(), c.env...)
				out, err := cmd.CombinedOutput()
				return err == nil && (!c.silent || len(out) == 0), string(out)
			}
			if ok, out := taken(text); !ok {
				t.Errorf("%s\nof\n%s", out, text)
			}
			if ok, _ := taken(text + c.broken); ok {
				t.Error("it takes anything")
			}
		})
	}
}
