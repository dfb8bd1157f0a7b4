package report

import (
	"bytes"
	_ "embed" // for schema.json
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Schema is the JSON Schema (2020-12) of what WriteJSON writes.
//
//go:embed schema.json
var Schema []byte

// WriteJSON writes the whole report, evidence included, as JSON with short objects and arrays in a line each. Text of the
// server stands in it unchanged, with all that could act on a terminal as \u202e.
func WriteJSON(w io.Writer, r *Report) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(r)
	if err == nil {
		_, err = w.Write(EscapeJSON(fold(bytes.TrimSuffix(b.Bytes(), []byte("\n")))))
	}
	if err != nil {
		return fmt.Errorf("writing the report as JSON: %w", err)
	}
	return nil
}

// EscapeJSON makes text in JSON safe for a terminal, and leaves what it means: what is not a printable character is written
// as \u202e. Outside of strings that is nothing but line ends, which stay.
func EscapeJSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == '\n' || r != utf8.RuneError && unicode.IsPrint(r) {
			out = append(out, text[:size]...)
		} else {
			for _, unit := range utf16.AppendRune(nil, r) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
		}
		text = text[size:]
	}
	return out
}
