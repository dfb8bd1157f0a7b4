package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func TestTextOptions(t *testing.T) {
	for _, c := range []struct {
		env   []string
		color string
		want  string
	}{
		{[]string{"LANG=de_DE.UTF-8"}, "auto", "80"},
		{[]string{"LANG=de_DE.UTF-8"}, "always", "80 color"},
		{[]string{"LANG=de_DE.UTF-8", "NO_COLOR=1"}, "always", "80 color"},
		{[]string{"LANG=de_DE.UTF-8", "COLUMNS=100"}, "never", "100"},
		{[]string{"LANG=de_DE.UTF-8", "COLUMNS=300"}, "auto", "120"},
		{[]string{"LANG=de_DE.UTF-8", "COLUMNS=wide"}, "auto", "80"},
		{[]string{"LANG=de_DE.UTF-8", "LC_ALL=C"}, "auto", "80 plain"},
		{[]string{"LANG=de_DE.UTF-8", "TERM=linux"}, "auto", "80 plain"},
		{[]string{"LANG=de_DE.UTF-8", "TERM=dumb"}, "auto", "80 plain"},
		{[]string{"LANG=C.utf8"}, "auto", "80"},
		{nil, "auto", "80 plain"},
	} {
		a := &app{env: c.env}
		opt := a.textOptions(new(bytes.Buffer), c.color, false)
		got := []string{itoa(opt.Width)}
		if opt.Color {
			got = append(got, "color")
		}
		if opt.Plain {
			got = append(got, "plain")
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v --color %s: %s, want %s", c.env, c.color, s, c.want)
		}
	}
}

func itoa(n int) string { return (&number{value: n}).String() }

// TestProgress draws on a terminal of 40 columns: a line per endpoint, changed in place, nothing unescaped, and nothing
// left when it is over.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, width: 40, lines: make(map[string]string)}
	target := evidence.Target{Protocol: "smtp", Host: "mx.example", Port: 25, Address: "192.0.2.1"}
	p.event(mailtls.Event{Target: target, Text: "TLS 1.2", Connections: 1, Elapsed: time.Second})
	first := b.String()
	if !strings.Contains(first, "mx.example:25 192.0.2.1  TLS 1.2") || strings.Count(first, "\n") != 1 {
		t.Errorf("first line: %q", first)
	}
	b.Reset()
	p.event(mailtls.Event{Target: target, Text: "\x1b[31m31 suites of a server with much to say", Connections: 64, Elapsed: time.Second, Done: true})
	second := b.String()
	if !strings.HasPrefix(second, "\x1b[1A\r\x1b[J") || strings.Contains(second, "\x1b[31m") {
		t.Errorf("second line: %q", second)
	}
	for line := range strings.Lines(strings.TrimPrefix(second, "\x1b[1A\r\x1b[J")) {
		if len([]rune(line)) > 40 {
			t.Errorf("too wide: %q", line)
		}
	}
	b.Reset()
	p.clear()
	if b.String() != "\x1b[1A\r\x1b[J" {
		t.Errorf("at the end: %q", b.String())
	}
	var none *progress
	none.event(mailtls.Event{})
	none.clear()
}

// TestPlainProgress has a terminal without UTF-8: nothing but ASCII is drawn.
func TestPlainProgress(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, width: 80, plain: true, lines: make(map[string]string)}
	p.begin()
	p.event(mailtls.Event{Target: evidence.Target{Protocol: "smtp", Host: "mx.example", Port: 25}, Text: "31 suites of a server \u201csaid\u201d so", Connections: 64, Elapsed: time.Second, Done: true})
	if !strings.Contains(b.String(), "so, 64 connections, 1.0 s") || strings.ContainsFunc(b.String(), func(r rune) bool { return r > '~' }) {
		t.Errorf("drawn: %q", b.String())
	}
}

func TestNoProgressWithoutTerminal(t *testing.T) {
	if p := (&app{stderr: new(bytes.Buffer)}).newProgress(new(bytes.Buffer)); p != nil {
		t.Error("progress into a pipe")
	}
}

// TestEveryFlagHasAPurpose finds flags that the help would leave out.
func TestEveryFlagHasAPurpose(t *testing.T) {
	a := &app{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if len(f.Annotations[purpose]) == 0 {
				t.Errorf("%s --%s is not in the help", cmd.CommandPath(), f.Name)
			}
		})
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(a.root())
}

// TestHelpFits finds help that is wider than a terminal, or ends lines in spaces.
func TestHelpFits(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		var b bytes.Buffer
		cmd.SetOut(&b)
		help(cmd, nil)
		for line := range strings.Lines(b.String()) {
			if line = strings.TrimSuffix(line, "\n"); len(line) > helpWidth || strings.HasSuffix(line, " ") {
				t.Errorf("%s: %q", cmd.CommandPath(), line)
			}
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk((&app{}).root())
}

// TestHelpEntry has text begin beneath a name that leaves no room.
func TestHelpEntry(t *testing.T) {
	var b bytes.Buffer
	entry(&b, "  --a", "x", 8)
	entry(&b, "  --abc", strings.Repeat("word ", 20), 8)
	entry(&b, "  --long", "", 8)
	want := "  --a   x\n  --abc\n" + "        " + strings.TrimSpace(strings.Repeat("word ", 14)) + "\n        " + strings.TrimSpace(strings.Repeat("word ", 6)) + "\n  --long\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	flagEntry(&b, &pflag.Flag{Name: "delay", Usage: "pause", DefValue: "0s", Value: new(fileName)})
	flagEntry(&b, &pflag.Flag{Name: "for", Usage: "time", DefValue: "2s", Value: new(fileName)})
	if b.String() != "      --delay file          pause\n      --for file            time (default 2s)\n" {
		t.Errorf("%q", b.String())
	}
	if got := reflow("one\ntwo\n\n  kept\n  so"); got != "one two\n\n  kept\n  so" {
		t.Errorf("%q", got)
	}
}

func TestProgressBegins(t *testing.T) {
	var out bytes.Buffer
	p := &progress{w: &out, width: 80, lines: make(map[string]string)}
	p.begin()
	if !strings.Contains(out.String(), first) {
		t.Errorf("nothing is shown before the first event: %q", out.String())
	}
	out.Reset()
	p.event(mailtls.Event{Target: evidence.Target{Host: "mail.example", Port: 25}})
	if got := out.String(); strings.Contains(got, first) || !strings.HasPrefix(got, "\x1b[1A\r\x1b[J") {
		t.Errorf("want the first line replaced, got %q", got)
	}
	(*progress)(nil).begin()
}
