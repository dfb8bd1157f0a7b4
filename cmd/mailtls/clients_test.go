package main

import (
	"strings"
	"testing"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/tlswire"
)

func TestHeading(t *testing.T) {
	const anonymous = "nobody authenticated"
	for _, tc := range []struct {
		result client.Result
		want   string
	}{
		{client.Result{Outcome: client.Works, Version: tlswire.TLS12, Suite: 0x0034, DHBits: 1024, Strength: 80},
			"works: TLS 1.2, TLS_DH_anon_WITH_AES_128_CBC_SHA, DH group of 1024 bits, strength 80, " + anonymous},
		{client.Result{Outcome: client.Works, Version: tlswire.TLS13, Why: "not asked"}, "works: TLS 1.3, not all of it is known: not asked"},
		{client.Result{Outcome: client.Fails, Why: "too old"}, "FAILS: too old"},
		{client.Result{Outcome: client.Unknown, Why: "said \x1b[2J"}, `not known: said \x1B[2J`},
	} {
		if got := heading(tc.result); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
	if strings.Contains(heading(client.Result{Outcome: client.Works}), anonymous) {
		t.Error("suite 0 is no suite, and so no anonymous one")
	}
}

func TestMeant(t *testing.T) {
	known := []string{"bsi-tr-02102-2", "bsi-tr-03108", "legacy", "mozilla-old", "mozilla-modern", "mozilla-intermediate"}
	for word, want := range map[string]string{
		"legcy": "legacy", "bsi": "bsi-tr-02102-2 or bsi-tr-03108", "BSI": "bsi-tr-02102-2 or bsi-tr-03108", "03108": "bsi-tr-03108",
		"mozilla": "mozilla-old, mozilla-modern or mozilla-intermediate", "nothing": "", "z": "",
	} {
		if got := meant(word, known); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}
