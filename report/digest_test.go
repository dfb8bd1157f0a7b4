package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/policy"
)

// TestEvidenceSHA256 computes the digest from the file as others would, without this package: of the members of the
// evidence, in their order, without white space.
func TestEvidenceSHA256(t *testing.T) {
	e := weak(t)
	e.Ended, e.Source = "<&> \u2028 \u202e \x7f \x1b", "192.0.2.99"
	var file bytes.Buffer
	r := build(t, e)
	if err := WriteJSON(&file, r); err != nil {
		t.Fatal(err)
	}
	var read struct {
		Endpoints []struct {
			At, Target, Source, Facts, Cost, Ended, Observations, Blobs json.RawMessage

			EvidenceSHA256 string `json:"evidence_sha256"`
		}
	}
	if err := json.Unmarshal(file.Bytes(), &read); err != nil {
		t.Fatal(err)
	}
	x := read.Endpoints[0]
	text := []byte("{")
	for _, m := range []struct {
		name  string
		value json.RawMessage
	}{{"at", x.At}, {"target", x.Target}, {"source", x.Source}, {"facts", x.Facts}, {"cost", x.Cost}, {"ended", nil}, {"blobs", x.Blobs}} {
		if m.name == "ended" { // whose value the file escapes more than need be
			m.value = []byte("\"<&> \\u2028 \u202e \x7f \\u001b\"")
		}
		var b bytes.Buffer
		if err := json.Compact(&b, m.value); err != nil {
			t.Fatal(err)
		}
		text = append(text, `"`+m.name+`":`+strings.ReplaceAll(b.String(), `\u202e`, "\u202e")+`,`...)
	}
	text[len(text)-1] = '}'
	sum := sha256.Sum256(text)
	if want := hex.EncodeToString(sum[:]); x.EvidenceSHA256 != want || r.Endpoints[0].SHA256 != want {
		t.Errorf("the file says %s, want %s of\n%s", x.EvidenceSHA256, want, text)
	}
	if again := Judge(r, mailPolicy(t), nil, scanned.Add(400*day)); again.Endpoints[0].SHA256 != x.EvidenceSHA256 {
		t.Error("judged as of another time, the same evidence has another digest")
	}
	e.Cost.Connections++
	if EvidenceSHA256(e) == x.EvidenceSHA256 {
		t.Error("other evidence has the same digest")
	}
}

func TestPolicySHA256(t *testing.T) {
	p, err := policy.Named(policy.Mail)
	if err != nil {
		t.Fatal(err)
	}
	r := build(t, healthy(t))
	if got := r.Endpoints[0].Judged.SHA256; got != p.SHA256 || len(got) != 64 {
		t.Errorf("got %q, want %q", got, p.SHA256)
	}
}
