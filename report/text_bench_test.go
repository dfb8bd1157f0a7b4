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

// BenchmarkWriteHTMLMain measures the same report as a web service shows it.
func BenchmarkWriteHTMLMain(b *testing.B) {
	r := build(b, weak(b))
	for b.Loop() {
		if err := WriteHTMLMain(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}
