package notify

import "github.com/mailtls/mailtls/report"

// Kind says what a change is about.
type Kind string

// The kinds.
const (
	Verdict     Kind = "verdict"     // of the whole
	Grade       Kind = "grade"       // of the whole
	Finding     Kind = "finding"     // a check came out otherwise
	Breaking    Kind = "breaking"    // a finding about MTA-STS or DANE: mail is turned away, or will be after the next change
	Expiry      Kind = "expiry"      // a certificate should have been renewed
	Certificate Kind = "certificate" // a server shows one that it did not show before
	TLSA        Kind = "tlsa"        // the TLSA records of a port
	STS         Kind = "mta-sts"     // the policy of MTA-STS: mode, max_age, exchangers
	Reach       Kind = "reach"       // whether a server answers, or the DNS does
)

// Change is something to tell. Its texts are escaped: they hold nothing but printable characters.
type Change struct {
	Kind  Kind         `json:"kind"`
	Place string       `json:"place,omitempty"` // as in "smtp://mx.example.org:25"; empty: the domain, or all
	Check string       `json:"check,omitempty"` // of a finding: its ID
	Trend report.Trend `json:"trend"`
	Old   string       `json:"old"`           // such as "pass", "A", or records
	New   string       `json:"new"`           //
	Text  string       `json:"text"`          // what was seen, in a few words
	Fix   []string     `json:"fix,omitempty"` // what to do, line by line
}

// bad is how bad a value is among those of its kind. Values that are as bad are others, but no worse.
func (k Kind) bad(value string) int {
	var order []string
	switch k {
	case Verdict:
		order = []string{"pass", "warn", "fail"}
	case Grade:
		order = []string{"A+", "A", "B", "C", "D", "E", "F"}
	case Finding, Breaking:
		order = []string{good, "warn", "fail"}
	case Reach:
		order = []string{answers, silent}
	case Expiry:
		order = []string{good, soon, last}
	}
	for i, v := range order {
		if v == value {
			return i
		}
	}
	return 0
}

// trend tells whether a value that followed another is for the better.
func (k Kind) trend(old, now string) report.Trend {
	switch was, is := k.bad(old), k.bad(now); {
	case old == open && is > 0:
		return report.Learned
	case is > was:
		return report.Worse
	case is < was:
		return report.Better
	}
	return report.Neither
}
