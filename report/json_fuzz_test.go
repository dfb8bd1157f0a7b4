package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"
)

// FuzzReadJSON reads anything: what reads as a report can be written, and what was written reads as the same; and can be
// judged by every policy, and shown as text without a byte that acts on a terminal.
func FuzzReadJSON(f *testing.F) {
	for _, text := range []string{ // short, or the fuzzer does little but make them shorter
		`{"schema":"x","tool":{"name":"mailtls"},"run":{"start":"2026-11-23T12:00:00Z","args":["a"]},"endpoints":[{"verdict":"fail","grade":"F"}]}`,
		`{"endpoints":[{"facts":{"certificates":{"state":"known","value":[{"certificates":["a"]},{"certificates":[]}]}},"blobs":{"certificates":{"a":{"sha256":"a"}}}}]}`,
		`{"endpoints":[{"facts":{"certificates":{"state":"partial","value":[{"certificates":["a"]}]}},"blobs":{"certificates":{"a":null}}}]}`,
		`{"endpoints":[{"facts":{"versions":{"state":"partial","value":["TLS 1.2"],"why":"\u001b]0;"},"suites":{"state":"known","value":{"TLS 1.2":["0x1234"]}}}}]}`,
		`{"endpoints":[{"findings":[{"check":"rc4","level":"warn","message":"\u009b","seen":["a"],"from":["b"]},{"check":"rc4","level":"undecided"}]}]}`,
		`{"endpoints":[{"target":{"protocol":"smtp","host":"\u202e","port":25},"judged":{"role":"access"},"ended":"x","cost":{"wall_ns":-1}}]}`,
		`{"domains":[{"verdict":"fail","name":"a.example","dnssec":"local","mx":{"state":"known","value":{"kind":"mx","list":[{"preference":1,"host":"\u001b"}]}},"hosts":{"\u001b":{"addresses":{"state":"partial","value":["192.0.2.1"]},"tlsa":{"25":{"state":"known","value":{"records":["x"]}}}}},"hops":[{"host":"\u001b","address":"192.0.2.1","dane":{"outcome":"refused"},"mta_sts":{"outcome":"undecided"}}]}]}`,
	} {
		f.Add([]byte(text))
	}
	mail, all := mailPolicy(f), others(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := decode(raw)
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := WriteJSON(&once, r); err != nil {
			t.Fatal(err)
		}
		again, err := decode(once.Bytes())
		if err != nil {
			t.Fatalf("what was written cannot be read: %v\n%s", err, once.String())
		}
		if err := WriteJSON(&twice, again); err != nil || once.String() != twice.String() {
			t.Errorf("%v, once written:\n%s\ntwice:\n%s", err, once.String(), twice.String())
		}
		r = Judge(r, mail, all, time.Time{})
		var text bytes.Buffer
		if err := WriteText(&text, r, TextOptions{Verbose: true}); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexFunc(text.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q reaches the terminal", text.String()[i:min(i+20, text.Len())])
		}
	})
}

// TestReadJSONTruncated reads no report out of a part of one.
func TestReadJSONTruncated(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, build(t, weak(t))); err != nil {
		t.Fatal(err)
	}
	text := bytes.TrimSpace(b.Bytes())
	for n := range text {
		if _, err := ReadJSON(bytes.NewReader(text[:n])); err == nil {
			t.Fatalf("the first %d of %d bytes were read", n, len(text))
		}
	}
	if _, err := ReadJSON(io.MultiReader(bytes.NewReader(text), strings.NewReader("\n"))); err != nil {
		t.Error(err)
	}
}
