package cipherstring

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func names(r *Result) []string {
	var out []string
	for _, e := range r.Suites {
		out = append(out, e.Name)
	}
	return out
}

// TestLikeOpenSSL compares with the program: suites and order.
func TestLikeOpenSSL(t *testing.T) {
	version, err := exec.Command("openssl", "version").Output()
	if err != nil || !strings.HasPrefix(string(version), "OpenSSL 3.0.") {
		t.Skipf("needs OpenSSL 3.0, of which the lists are (Debian 12: apt-get install openssl), found %q", version)
	}
	lists, err := listsFor(OpenSSL3, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		out, refused := exec.Command("openssl", "ciphers", "--", list).Output()
		got, err := OpenSSL(OpenSSL3, list)
		switch {
		case (err != nil) != (refused != nil):
			t.Errorf("%q: got error %v, openssl %v", list, err, refused)
		case err == nil && strings.Join(names(got), ":") != strings.TrimSpace(string(out)):
			t.Errorf("%q:\ngot  %s\nwant %s", list, strings.Join(names(got), ":"), out)
		}
	}
}

// TestLikeOpenSSLLevels compares what security levels leave of a list.
func TestLikeOpenSSLLevels(t *testing.T) {
	version, err := exec.Command("openssl", "version").Output()
	if err != nil || !strings.HasPrefix(string(version), "OpenSSL 3.0.") {
		t.Skipf("needs OpenSSL 3.0, of which the lists are (Debian 12: apt-get install openssl), found %q", version)
	}
	for _, level := range []string{"0", "1", "2", "3", "4", "5"} {
		list := "ALL:COMPLEMENTOFALL:@SECLEVEL=" + level
		cmd := exec.Command("openssl", "ciphers", "-s", list)
		cmd.Env = append(os.Environ(), "OPENSSL_CONF=/dev/null")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenSSL(OpenSSL3, list)
		if err != nil {
			t.Fatal(err)
		}
		var usable []string
		for _, e := range got.Usable() {
			usable = append(usable, e.Name)
		}
		if strings.Join(usable, ":") != strings.TrimSpace(string(out)) {
			t.Errorf("level %s:\ngot  %s\nwant %s", level, usable, out)
		}
	}
}

// TestLikeRecorded compares with what OpenSSL 1.1.1 and 1.0.2 answered when they were asked (data/README.md).
func TestLikeRecorded(t *testing.T) {
	for _, v := range []OpenSSLVersion{OpenSSL102, OpenSSL111} {
		text, err := os.ReadFile("testdata/openssl-" + string(v) + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if len(lines) < 400 {
			t.Errorf("%s: only %d lists", v, len(lines))
		}
		for _, line := range lines {
			list, want, _ := strings.Cut(line, "\t")
			got := "refused"
			if r, err := OpenSSL(v, list); err == nil {
				var codes []string
				for _, e := range r.Suites {
					codes = append(codes, strings.ToUpper(code(e)))
				}
				got = strings.Join(codes, " ")
			}
			if got != want {
				t.Errorf("%s %q:\ngot  %s\nwant %s", v, list, got, want)
			}
		}
	}
}

// TestTableNames holds the names of the data to those that tlswire knows.
func TestTableNames(t *testing.T) {
	for _, v := range OpenSSLVersions() {
		table, err := v.table()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range table.suites {
			if info, ok := s.id.Info(); !ok || info.OpenSSL != s.name && v == OpenSSL3 {
				t.Errorf("%s: %04X is %s here and %q in tlswire", v, int(s.id), s.name, info.OpenSSL)
			}
		}
	}
}

func TestOpenSSLWarns(t *testing.T) {
	for list, want := range map[string]string{
		"HIGH:!anull":    "!anull is ignored, so it takes nothing away: capitals matter, it is aNULL",
		"HIGH:!aNUL":     "!aNUL is ignored, so it takes nothing away: did you mean aNULL?",
		"HIGH:RC4":       "RC4 is ignored: OpenSSL 3.0 as its authors build it has no RC4",
		"HIGH:DEFAULT":   "DEFAULT is ignored: DEFAULT counts only as the first word",
		"HIGH:!zzzzzzzz": "!zzzzzzzz is ignored, so it takes nothing away: there is no such name",
		"HIGH:kRSA+ADH":  "kRSA+ADH is ignored: no suite can be all of that",
		"HIGH!MD5":       `HIGH!MD5 is read as two rules, the second "!MD5"`,
		"HIGH:!RC4:!EXP": "",
	} {
		r, err := OpenSSL(OpenSSL3, list)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range r.Warnings {
			got = append(got, w.Word+" "+w.Text)
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%s: got %q, want %q", list, got, want)
		}
	}
}

func TestOpenSSLRefuses(t *testing.T) {
	for _, c := range []struct {
		v          OpenSSLVersion
		list, want string
	}{
		{OpenSSL3, "HIGH:@SECLEVEL=9", "want a level from 0 to 5"},
		{OpenSSL102, "HIGH:@SECLEVEL=1", "has no security levels"},
		{OpenSSL3, "HIGH:@STRONGTH", "want @STRENGTH"},
		{OpenSSL3, "HIGH:*", "no name can begin with '*'"},
		{OpenSSL3, "HIGH:!", "a name is missing"},
		{OpenSSL3, "hihg", "enables no suite"},
		{OpenSSL3, "", "enables no suite"},
		{OpenSSL3, strings.Repeat("A", maxLength+1), "longer than"},
		{"0.9.8", "HIGH", "not known"},
	} {
		if _, err := OpenSSL(c.v, c.list); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %.20q: got %v, want %q", c.v, c.list, err, c.want)
		}
	}
}

func FuzzOpenSSL(f *testing.F) {
	for _, list := range handPicked {
		f.Add(list)
	}
	f.Fuzz(func(t *testing.T, list string) {
		for _, v := range OpenSSLVersions() {
			r, err := OpenSSL(v, list)
			if err != nil {
				continue
			}
			seen := names(r)
			slices.Sort(seen)
			if len(seen) == 0 || len(slices.Compact(seen)) != len(r.Suites) {
				t.Errorf("%s: nothing, or a suite twice: %v", v, names(r))
			}
		}
	})
}

func code(e Entry) string { return fmt.Sprintf("%04x", uint32(e.ID)) }
