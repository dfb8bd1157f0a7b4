package account

// What a token may be for.
const (
	Read     = "read"     // reports, and what there is beside them, where those are not for all
	Scan     = "scan"     // to order scans
	Monitor  = "monitor"  // all about monitors
	Campaign = "campaign" // all about campaigns
)

// Scopes are those that there are.
func Scopes() []string { return []string{Read, Scan, Monitor, Campaign} }
