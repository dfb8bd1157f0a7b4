package main

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
)

func TestOpinionsAreRead(t *testing.T) {
	for _, c := range []struct {
		said said
		want string
	}{
		{said{"heartbleed", "OK", "not vulnerable"}, "no"}, {said{"heartbleed", "CRITICAL", "VULNERABLE"}, "yes"}, {said{"BEAST", "MEDIUM", "x"}, "yes"},
		{said{"ticketbleed", "INFO", "not applicable, not HTTP"}, "?"}, {said{"CRIME_TLS", "OK", "not vulnerable (not using HTTP anyway)"}, "no"},
		{said{"ROBOT", "WARN", "test failed"}, "?"}, {said{}, "?"},
	} {
		if got := c.said.answer(); got != c.want {
			t.Errorf("%+v: %s, want %s", c.said, got, c.want)
		}
	}
	for f, want := range map[*check.Finding]string{{Level: check.Fail}: "yes", {Level: check.Warn}: "yes", {Level: check.Pass}: "no",
		{Level: check.Pass, Note: true}: "yes", {Level: check.NotApplicable}: "no", {Level: check.Undecided}: "?"} {
		if got := ours(*f); got != want {
			t.Errorf("%+v: %s, want %s", *f, got, want)
		}
	}
}

// TestUnexplainedDifferences wants an error for a difference alone that nobody has explained.
func TestUnexplainedDifferences(t *testing.T) {
	agree := opinion{"postfix/smtp", "robot", "no", "no", "not vulnerable"}
	explained := opinion{"postfix/smtp", "ticketbleed", "no", "?", "not HTTP"}
	open := opinion{"postfix/smtp", "robot", "yes", "no", "not vulnerable"}
	for _, c := range []struct {
		all  []opinion
		last string
		fail bool
	}{
		{[]opinion{agree}, "1 opinions, 0 differ, 0 of these unexplained", false},
		{[]opinion{agree, explained}, "2 opinions, 1 differ, 0 of these unexplained", false},
		{[]opinion{agree, explained, open}, "3 opinions, 2 differ, 1 of these unexplained", true},
	} {
		var out strings.Builder
		if err := writeOpinions(&out, c.all); (err != nil) != c.fail || !strings.Contains(out.String(), c.last) {
			t.Errorf("%v: %v\n%s", c.all, err, &out)
		}
	}
}
