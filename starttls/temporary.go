package starttls

import "strings"

// temporaryCodes are the response codes that say "not now": RFC 5530 (IMAP),
// RFC 2449 and RFC 3206 (POP3), RFC 5804, Section 1.3 (ManageSieve).
var temporaryCodes = map[string]bool{
	"UNAVAILABLE": true, "INUSE": true, "LIMIT": true,
	"SYS/TEMP": true, "IN-USE": true, "LOGIN-DELAY": true,
	"TRYLATER": true,
}

// temporaryTexts are what servers write when they mean "not now" and say it with
// a permanent code, or in a protocol that has none.
var temporaryTexts = []string{
	"too many", "try again", "try later", "temporar", "throttl", "overload",
	"connection limit", "connection rate", "rate limit", "concurrent connection",
	"number of connections", "maximum connections", "connections exceeded",
	"too busy", "server busy", "greylist",
}

// temporary reports whether a refusal is only for now: by its code, or by what
// it says. It is asked about refusals only.
func (r Reply) temporary() bool {
	if strings.HasPrefix(r.Status, "4") || strings.HasPrefix(r.Code, "4.") || temporaryCodes[r.Code] {
		return true
	}
	text := strings.ToLower(r.Text)
	for _, t := range temporaryTexts {
		if strings.Contains(text, t) {
			return true
		}
	}
	return false
}
