package mtasts

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseRecord(t *testing.T) {
	for _, c := range []struct {
		txt  []string
		id   string
		want string // in the error
	}{
		{[]string{"v=STSv1; id=20160831085700Z;"}, "20160831085700Z", ""},
		{[]string{"v=STSv1;id=1"}, "1", ""},
		{[]string{"v=STSv1 ; id=1 ; x=y"}, "1", ""},
		{[]string{"v=spf1 -all", "v=STSv1; id=1", "v=STSv2; id=2"}, "1", ""},
		{nil, "", ErrNone.Error()},
		{[]string{"v=STSv10; id=1"}, "", ErrNone.Error()},
		{[]string{"v=STSv2"}, "", ErrNone.Error()},
		{[]string{"v=spf1 -all"}, "", ErrNone.Error()},
		{[]string{"V=STSv1; id=1"}, "", "does not begin with v=STSv1;"},
		{[]string{"v=stsv1; id=1"}, "", "does not begin with"},
		{[]string{"v=STS1; id=1"}, "", "does not begin with"},
		{[]string{"v = STSv1; id=1"}, "", "does not begin with"},
		{[]string{" v=STSv1; id=1"}, "", "does not begin with"},
		{[]string{"\"v=STSv1; id=1\""}, "", "does not begin with"},
		{[]string{"v=STSv1"}, "", "does not begin with"},
		{[]string{"v=STSv1, id=1"}, "", "does not begin with"},
		{[]string{"v=STSv1"}, "", "does not begin with"},
		{[]string{"V=STSv1; id=2", "v=STSv1; id=1"}, "1", ""},
		{[]string{"v=STSv1;"}, "", "no id"},
		{[]string{"v=STSv1; id="}, "", "value"},
		{[]string{"v=STSv1; id=" + strings.Repeat("1", 33)}, "", "1 to 32"},
		{[]string{"v=STSv1; id=2016-08-31"}, "", "1 to 32"},
		{[]string{"v=STSv1; id=1; id=2"}, "", "two ids"},
		{[]string{"v=STSv1; id=1;; x=y"}, "", "name=value"},
		{[]string{"v=STSv1; id=1; nonsense"}, "", "name=value"},
		{[]string{"v=STSv1; id=1; x=a=b"}, "", "value"},
		{[]string{"v=STSv1; id=1", "v=STSv1; id=1"}, "", "2 MTA-STS records"},
	} {
		r, err := ParseRecord(c.txt)
		switch {
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%q: %v, want %q", c.txt, err, c.want)
		case c.want == "" && (err != nil || r.ID != c.id):
			t.Errorf("%q: %+v, %v", c.txt, r, err)
		case c.want == "":
			if again, err := ParseRecord([]string{r.String()}); err != nil || cmp.Diff(r, again) != "" {
				t.Errorf("%q does not read as what it was written from: %v", r.String(), err)
			}
		}
	}
	bomb := strings.Repeat("x", 60<<10)
	for _, s := range []string{bomb, bomb + "=", "id=" + bomb, bomb + "=" + bomb, "x=a=" + bomb, "id=1; " + bomb} {
		if _, err := ParseRecord([]string{"v=STSv1; " + s}); err == nil || len(err.Error()) > 300 {
			t.Errorf("%.20q: the error has %d bytes", s, len(fmt.Sprint(err)))
		}
	}
	if _, err := ParseRecord(nil); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
}

const example = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmx: backupmx.example.com\r\nmax_age: 604800\r\n"

func TestParsePolicy(t *testing.T) {
	p, err := ParsePolicy([]byte(example))
	want := &Policy{Mode: Enforce, MX: []string{"mail.example.com", "*.example.net", "backupmx.example.com"}, MaxAge: 7 * 24 * time.Hour}
	if diff := cmp.Diff(want, p); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if p.String() != example {
		t.Errorf("%q", p)
	}
	for _, c := range []struct{ text, want string }{
		{strings.ReplaceAll(example, "\r\n", "\n"), ""},
		{strings.TrimSuffix(example, "\r\n"), ""},
		{strings.ReplaceAll(example, ": ", ":"), ""},
		{example + "future: thing\n", ""},
		{example + strings.Repeat("\n", 5000) + "x: y\n", ""},
		{example + strings.Repeat("x", 2000) + ": y\n", ""},
		{example + "mode: none\n", ""},
		{"version: STSv1\nmode: none\nmax_age: 86400\n", ""},
		{"", "no version"},
		{"mode: none\nmax_age: 1\n", "no version"},
		{"version: STSv1\nmax_age: 1\nmx: a.example\n", "no mode"},
		{"version: STSv1\nmode: testing\nmx: a.example\n", "no max_age"},
		{"version: STSv1\nmode: testing\nmax_age: 1\n", "no mx"},
		{strings.Replace(example, "STSv1", "STSv2", 1), "line 1: version"},
		{strings.Replace(example, "enforce", "Enforce", 1), "line 2: mode"},
		{strings.Replace(example, "604800", "-1", 1), "line 6: max_age"},
		{strings.Replace(example, "604800", "31557601", 1), "max_age"},
		{strings.Replace(example, "604800", "1e3", 1), "max_age"},
		{strings.Replace(example, "mail.example.com", "192.0.2.1", 1), "line 3: mx"},
		{strings.Replace(example, "mail.example.com", "mail.*.example.com", 1), "mx"},
		{strings.Replace(example, "mail.example.com", "*.", 1), "mx"},
		{strings.Replace(example, "mail.example.com", "", 1), "mx"},
		{"<html>\n", "line 1"},
		{strings.Repeat("x: y\n", MaxPolicy), "more than"},
		{example + strings.Repeat("y", 60<<10), "line 7"},
		{"version: " + strings.Repeat("y", 60<<10), "line 1: version"},
		{"mode: " + strings.Repeat("y", 60<<10), "line 1: mode"},
		{"max_age: " + strings.Repeat("9", 60<<10), "line 1: max_age"},
		{"mx: " + strings.Repeat("y", 60<<10), "line 1: mx"},
		{strings.Replace(example, "mx: *", strings.Repeat("mx: a.example\r\n", 3000)+"mx: *", 1), ""},
	} {
		p, err := ParsePolicy([]byte(c.text))
		if err != nil && len(err.Error()) > 300 || p != nil && len(p.Notes) > maxNotes+1 {
			t.Errorf("%.80q: the error has %d bytes, and there are notes: %v", c.text, len(fmt.Sprint(err)), p)
		}
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.80q: %v, want %q", c.text, err, c.want)
		}
	}
}

// TestDot wants a name that ends in a dot to stand as it is, which no exchanger is called.
func TestDot(t *testing.T) {
	p, err := ParsePolicy([]byte("version: STSv1\nmode: enforce\nmx: mail.example.com.\nmax_age: 1\n"))
	if err != nil || len(p.Notes) != 1 || p.Match("mail.example.com") || p.Match("mail.example.com.") {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestMatch(t *testing.T) {
	p := &Policy{MX: []string{"mail.example.com", "*.example.net"}}
	for host, want := range map[string]bool{"mail.example.com": true, "MAIL.example.com.": true, "mail.example.org": false, "a.mail.example.com": false,
		"a.example.net": true, "a.b.example.net": false, "example.net": false, ".example.net": true, "": false} {
		if host == ".example.net" { // no name: what matches it does not matter
			continue
		}
		if p.Match(host) != want {
			t.Errorf("%q: %v", host, !want)
		}
	}
}

func FuzzParsePolicy(f *testing.F) {
	f.Add([]byte(example))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ParsePolicy(text)
		if err != nil {
			return
		}
		again, err := ParsePolicy([]byte(p.String()))
		if p.Notes = nil; again != nil { // of what is left out, or written otherwise
			again.Notes = nil
		}
		if diff := cmp.Diff(p, again); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

func FuzzParseRecord(f *testing.F) {
	f.Add("v=STSv1; id=20160831085700Z;")
	f.Fuzz(func(t *testing.T, txt string) {
		r, err := ParseRecord([]string{txt})
		if err != nil {
			return
		}
		again, err := ParseRecord([]string{r.String()})
		if diff := cmp.Diff(r, again); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
