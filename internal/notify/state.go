package notify

// State is what is remembered of a target from look to look. The zero value is that of one that was never looked at.
type State struct {
	Tool   string            `json:"tool,omitempty"`   // version of the program that looked last
	Policy string            `json:"policy,omitempty"` // what it judged by
	Told   map[string]string `json:"told,omitempty"`   // by aspect: what was told, or found by the first look
	Seen   map[string]string `json:"seen,omitempty"`   // what the last look saw otherwise than it was told

	Former string `json:"former,omitempty"` // the scan before the first that saw what is in Seen; for whoever compares

	Confirms int `json:"confirms,omitempty"` // confirming looks in a row, with that which is to come
}

// Values that aspects have.
const (
	good    = "pass"
	open    = "undecided" // of a finding, by the first look
	answers = "answers"
	silent  = "silent"
	soon    = "soon" // less than a third of a certificate's life is left
	last    = "last" // a few days are
	none    = "none"
)

// aspect is one thing that a report shows, and that is told when it becomes another. Its texts are escaped.
type aspect struct {
	kind  Kind
	id    string // among those of its kind
	place string
	check string
	value string
	text  string
	shown string // the value for people, where it is another
	fix   func() []string

	weight int  // among aspects of the same trend, the weightier is told first
	sure   bool // one look is enough
}

func (a aspect) key() string { return string(a.kind) + " " + a.id }
