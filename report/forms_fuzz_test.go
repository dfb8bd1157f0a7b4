package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode"
)

// FuzzForms reads anything as a report: what can be read can be written in every form, is still of that form, and holds no
// byte that acts on a terminal.
func FuzzForms(f *testing.F) {
	for _, text := range []string{
		`{"schema":"x","tool":{"version":"\u001b"},"run":{"start":"2026-11-23T12:00:00Z"},"endpoints":[{"verdict":"fail","grade":"F","facts":{"reachable":{"state":"known","value":true}}}]}`,
		`{"endpoints":[{"facts":{"reachable":{"state":"known","value":true},"certificates":{"state":"known","value":[{"certificates":["a"]},{"certificates":[]}]}},"blobs":{"certificates":{"a":{"sha256":"]]>"}}}}]}`,
		`{"endpoints":[{"facts":{"reachable":{"state":"known","value":true},"versions":{"state":"partial","value":["TLS 1.2"],"why":"</script>"},"suites":{"state":"known","value":{"TLS 1.2":["0x1234"]}}}}]}`,
		`{"endpoints":[{"findings":[{"check":"rc4","level":"warn","message":"\u009b","seen":["=1"],"from":["b"]},{"check":"x","level":"undecided"}]}]}`,
		`{"endpoints":[{"target":{"protocol":"","host":"a:b|c\"","port":-1},"source":"@","ended":"x","cost":{"wall_ns":-1}}]}`,
		`{"schema":"https://mailtls.org/schema/evidence-1","domains":[{"name":"\u001b","dnssec":"off","mta_sts_policy":{"state":"known","value":{"fault":"=1|<"}},"findings":[{"check":"mta-sts-policy-unreachable","level":"fail","message":"\u202e"}]}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ReadJSON(bytes.NewReader(raw))
		if err != nil {
			return
		}
		texts := make(map[string][]byte)
		for _, form := range forms() {
			var b bytes.Buffer
			if err := form.write(&b, r); err != nil {
				t.Fatalf("%s: %v", form.name, err)
			}
			texts[form.name] = b.Bytes()
		}
		var page, changes bytes.Buffer
		if err := WriteHTML(&page, r); err != nil {
			t.Fatal(err)
		}
		if err := Diff(r, r).WriteText(&changes); err != nil {
			t.Fatal(err)
		}
		texts["html"], texts["diff"] = page.Bytes(), changes.Bytes()
		for name, text := range texts {
			if i := strings.IndexFunc(string(text), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%s: %q", name, text[i:min(i+20, len(text))])
			}
		}
		if !json.Valid(texts["sarif"]) {
			t.Error("SARIF is no JSON")
		}
		if err := xml.Unmarshal(texts["junit"], new(junitSuites)); err != nil {
			t.Error(err)
		}
		if _, err := csv.NewReader(bytes.NewReader(texts["csv"])).ReadAll(); err != nil {
			t.Error(err)
		}
	})
}
