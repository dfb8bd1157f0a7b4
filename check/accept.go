package check

import "github.com/mailtls/mailtls/policy"

// Acceptance is the word of those who run a server that they know of a finding and live with it for a while. It changes
// nothing about the finding.
type Acceptance struct {
	Until  policy.Date `json:"until"`  // the last day that it holds, in UTC
	Reason string      `json:"reason"` // why
}
