package evidence

// Lint is a rule that a certificate breaks.
type Lint struct {
	Certificate string `json:"certificate"`      // key of Blobs.Certificates
	Name        string `json:"name"`             // by which ZLint knows the rule, such as "e_sub_cert_aia_missing"
	Level       string `json:"level"`            // "error", "warning" or "notice"
	Source      string `json:"source"`           // whose rule it is: "RFC5280", "CABF_BR" …
	Citation    string `json:"citation"`         // its clause
	Text        string `json:"text"`             // what it says
	Detail      string `json:"detail,omitempty"` // what is wrong here; raw apart from invalid UTF-8
}
