package report

import (
	"bytes"
	"strings"
	"testing"
)

// TestQuickIsTold keeps a quick report from being taken for a full one.
func TestQuickIsTold(t *testing.T) {
	for _, quick := range []bool{false, true} {
		r := build(t, healthy(t))
		r.Run.Quick = quick
		var text, page bytes.Buffer
		if err := WriteText(&text, r, TextOptions{Width: 120}); err != nil {
			t.Fatal(err)
		}
		if err := WriteHTML(&page, r); err != nil {
			t.Fatal(err)
		}
		for form, b := range map[string]string{"text": text.String(), "html": page.String()} {
			if strings.Contains(b, "by a quick scan") != quick {
				t.Errorf("%s of a scan with Quick %v:\n%s", form, quick, b)
			}
		}
	}
}
