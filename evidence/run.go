package evidence

import "time"

// Tool is the program that made the evidence.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Run tells how a scan was made.
type Run struct {
	Start time.Time     `json:"start"`
	Wall  time.Duration `json:"wall_ns"`
	Args  []string      `json:"args,omitempty"` // targets as given
	Quick bool          `json:"quick,omitempty"`
	Roots Roots         `json:"roots,omitzero"`

	Passive bool     `json:"passive,omitempty"`
	Only    []string `json:"only,omitempty"` // the checks that it was about, if not all
	Skip    []string `json:"skip,omitempty"` // the checks that it left out
}

// Roots tell which root certificates chains were judged by.
type Roots struct {
	Name   string    `json:"name"`             // "Mozilla", or "given" for roots that the caller brought
	Date   time.Time `json:"date,omitzero"`    // of the collection, if known
	SHA256 string    `json:"sha256,omitempty"` // over the certificates in their order, hex
}
