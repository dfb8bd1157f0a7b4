package hostiletest

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mailtls/mailtls/report"
)

// checkText wants the text, in every form it has, free of whatever could act on a terminal.
func checkText(t *testing.T, r *report.Report) {
	t.Helper()
	for _, opt := range []report.TextOptions{{}, {Verbose: true}, {Plain: true, Verbose: true, Width: 60}} {
		var b bytes.Buffer
		if err := report.WriteText(&b, r, opt); err != nil {
			t.Fatal(err)
		}
		harmless(t, "text", b.Bytes())
	}
}

// checkJSON wants the same of JSON, and that reading it back gives the same report.
func checkJSON(t *testing.T, r *report.Report) {
	t.Helper()
	var first, second bytes.Buffer
	if err := report.WriteJSON(&first, r); err != nil {
		t.Fatal(err)
	}
	harmless(t, "JSON", first.Bytes())
	if !json.Valid(first.Bytes()) {
		t.Fatal("the JSON is not valid")
	}
	back, err := report.ReadJSON(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := report.WriteJSON(&second, back); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the JSON changes when it is read and written again")
	}
}

// harmless wants UTF-8 of printable characters and line ends.
func harmless(t *testing.T, what string, b []byte) {
	t.Helper()
	if !utf8.Valid(b) {
		t.Errorf("the %s is not UTF-8", what)
	}
	for i, r := range string(b) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("the %s has %U in it: %q", what, r, b[max(0, i-40):min(len(b), i+20)])
		}
	}
}
