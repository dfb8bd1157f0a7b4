package report

import (
	"io"
	"testing"
)

// BenchmarkWriteText measures a report with all that is to be simulated.
func BenchmarkWriteText(b *testing.B) {
	r := build(b, weak(b))
	for b.Loop() {
		if err := WriteText(io.Discard, r, TextOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
