package main

import (
	"fmt"
	"runtime"
	"time"
)

// Result is all that was measured in one run.
type Result struct {
	At      time.Time     `json:"at"`
	Machine string        `json:"machine"`
	Scans   []Scan        `json:"scans,omitempty"`
	Peers   []Comparison  `json:"peers,omitempty"`
	Memory  []MemoryUsage `json:"memory,omitempty"`
}

func machine() string {
	return fmt.Sprintf("%s/%s, %d CPUs, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

// Scan is one scan of one endpoint. Connections, Peak and bytes are the proxy's.
type Scan struct {
	Server      string           `json:"server"`
	RTT         time.Duration    `json:"rtt_ns"`
	Mode        string           `json:"mode"` // "full" or "quick"
	Connections int              `json:"connections"`
	Floor       int              `json:"floor"`   // from the scan's report
	Peak        int              `json:"peak"`    // connections that the scanner held open at once
	Average     float64          `json:"average"` // of those open at a time, until both sides had closed
	Wall        time.Duration    `json:"wall_ns"`
	BytesOut    int64            `json:"bytes_out"` // to the server
	BytesIn     int64            `json:"bytes_in"`
	Suites      int              `json:"suites"` // found, over all versions
	Groups      int              `json:"groups"` // found, in TLS 1.3
	Claimed     int              `json:"claimed"`
	Ended       string           `json:"ended,omitempty"`   // why the scan gave up
	Unwell      bool             `json:"unwell"`            // the verdict is no pass: a quick scan has more to look into
	Active      []Question       `json:"active,omitempty"`  // connections by active check
	Attacks     int              `json:"attacks,omitempty"` // connections that tried an attack
	Questions   []Question       `json:"questions"`
	Repeated    []Question       `json:"repeated,omitempty"` // observations, and how often their offer was made again
	Slow        []SlowConnection `json:"slow,omitempty"`     // that took a second or more
	Marks       []string         `json:"marks,omitempty"`    // limits that were broken
}

// The limits, those of quick scans for servers whose verdict is a pass. Time counts up to timedRTT: a mail server on a longer path needs a second for one handshake.
const (
	fullSurplus      = 12 // connections above the floor, without those that try attacks; not where groups are the longer list
	quickConnections = 12
	quickTime        = time.Second
	timedRTT         = 50 * time.Millisecond
)

// above is how many connections were made beyond the floor for what is no attack.
func (s Scan) above() int { return s.Connections - s.Attacks - s.Floor }

// judge returns the limits that s breaks.
func (s Scan) judge() []string {
	var marks []string
	if s.Mode == "full" && s.Groups <= s.Suites && s.above() > fullSurplus {
		marks = append(marks, fmt.Sprintf("connections > floor+%d", fullSurplus))
	}
	if s.Mode == "full" && s.Attacks > mostActive {
		marks = append(marks, fmt.Sprintf("attacks > %d", mostActive))
	}
	if s.Mode == "quick" && !s.Unwell && s.Connections > quickConnections {
		marks = append(marks, fmt.Sprintf("connections > %d", quickConnections))
	}
	if s.Mode == "quick" && !s.Unwell && s.RTT <= timedRTT && s.Wall > quickTime {
		marks = append(marks, fmt.Sprintf("wall > %v", quickTime))
	}
	if s.Claimed != s.Connections {
		marks = append(marks, fmt.Sprintf("report says %d connections", s.Claimed))
	}
	if s.Ended != "" {
		marks = append(marks, "ended: "+s.Ended)
	}
	return marks
}
