package starttls

import (
	"time"
	"unicode/utf8"
)

// Side is one end of the connection.
type Side string

// The two sides.
const (
	Client Side = "client"
	Server Side = "server"
)

// Dialogue is the transcript of a plaintext preamble.
type Dialogue struct {
	Lines []Line `json:"lines,omitempty"`
}

// Line is one line that was sent or received.
type Line struct {
	// At is when the line was sent, or had arrived in full, since the call began.
	// JSON shows nanoseconds.
	At time.Duration `json:"at_ns"`

	From Side `json:"from"`

	// Text is the line as it was, control bytes and all, without its CRLF or LF.
	Text string `json:"text"`

	// Raw repeats Text where it is not valid UTF-8, since a JSON string cannot
	// carry other bytes. It is nil for every other line.
	Raw []byte `json:"raw,omitempty"`

	// Cut marks text that no line end follows: a literal string, or what had come
	// of a line when the dialogue ended.
	Cut bool `json:"cut,omitempty"`
}

// Bytes returns the line exactly as it was on the wire, without its line end,
// also after a trip through JSON.
func (l Line) Bytes() []byte {
	if l.Raw != nil {
		return l.Raw
	}
	return []byte(l.Text)
}

// add appends a line to the transcript.
func (d *Dialogue) add(at time.Duration, from Side, text string, cut bool) {
	l := Line{At: at, From: from, Text: text, Cut: cut}
	if !utf8.ValidString(text) {
		l.Raw = []byte(text)
	}
	d.Lines = append(d.Lines, l)
}
