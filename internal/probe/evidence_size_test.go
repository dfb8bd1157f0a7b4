package probe_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/internal/probe"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/report"
)

// TestEvidenceOfPostfixIsSmall scans Debian's Postfix in full. Its evidence must be small enough to be stored by the
// million, and yet hold all that the facts were derived from.
func TestEvidenceOfPostfixIsSmall(t *testing.T) {
	t.Parallel()
	server := realtest.Start(t, realtest.Postfix{})
	host, port, err := net.SplitHostPort(server.Addr("smtp"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := mailtls.Scan(t.Context(), "smtp://mail.example.org:"+port, &mailtls.Config{IP: host})
	if err != nil {
		t.Fatal(err)
	}
	ep := r.Endpoints[0].Endpoint
	if n := len(ep.Observations); n < 90 {
		t.Fatalf("%d connections are no full scan: %s", n, ep.Ended)
	}
	t.Logf("%d connections", len(ep.Observations))
	compact, err := json.Marshal(ep)
	if err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := report.WriteJSON(&indented, r); err != nil {
		t.Fatal(err)
	}
	t.Run("compact", func(t *testing.T) { small(t, compact, 150e3, 25e3) })
	t.Run("report", func(t *testing.T) { small(t, indented.Bytes(), 200e3, 32e3) }) // with the findings
	t.Run("derived again", func(t *testing.T) { sameFacts(t, ep, compact) })
}

// small wants at most so many bytes, as they are and compressed.
func small(t *testing.T, text []byte, limit, compressed int) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes of JSON, %d compressed", len(text), b.Len())
	if len(text) > limit || b.Len() > compressed {
		t.Errorf("%d bytes of JSON and %d compressed, want at most %d and %d", len(text), b.Len(), limit, compressed)
	}
}

// sameFacts wants the facts of ep from the observations in its JSON form alone.
func sameFacts(t *testing.T, ep *evidence.Endpoint, text []byte) {
	var stored evidence.Endpoint
	if err := json.Unmarshal(text, &stored); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(ep, &stored, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("came back different (-want +got):\n%s", diff)
	}
	want := ep.Facts
	stored.Facts = evidence.Facts{}
	probe.Derive(&stored, nil)
	for _, chains := range [][]evidence.Chain{want.Certificates.Value, stored.Facts.Certificates.Value} {
		for i := range chains {
			chains[i].Trust = nil // depends on the roots
		}
	}
	if diff := cmp.Diff(want, stored.Facts); diff != "" {
		t.Errorf("other facts (-want +got):\n%s", diff)
	}
}
