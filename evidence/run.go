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
}
