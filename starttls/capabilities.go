package starttls

import (
	"slices"
	"strconv"
	"strings"
)

// Capabilities is what a server said it can do, as data. Names are in capitals;
// all other text is the server's, unescaped.
type Capabilities struct {
	Protocol Protocol `json:"protocol,omitempty"`

	// Listed is set when the server gave a list. Without it every other field is
	// unknown rather than false.
	Listed bool `json:"listed"`

	// Raw is each capability as sent: a line of SMTP, POP3 and ManageSieve, a word
	// of IMAP.
	Raw []string `json:"raw,omitempty"`

	// Names are the keywords, once each and in the server's order. What is not
	// printable ASCII is left to Raw.
	Names []string `json:"names,omitempty"`

	STARTTLS bool `json:"starttls"` // STARTTLS, or STLS of POP3

	// Masked is set when a keyword was overwritten on its way (XXXXXXXA).
	Masked bool `json:"masked,omitempty"`

	// AuthMechanisms are the SASL mechanisms, from AUTH, AUTH=, SASL.
	AuthMechanisms []string `json:"auth_mechanisms,omitempty"`

	LoginDisabled       bool `json:"login_disabled,omitempty"`        // IMAP, RFC 9051, Section 6.2.3
	RequireTLS          bool `json:"require_tls,omitempty"`           // SMTP, RFC 8689
	Pipelining          bool `json:"pipelining,omitempty"`            // SMTP, RFC 2920; POP3, RFC 2449, Section 6.6
	EnhancedStatusCodes bool `json:"enhanced_status_codes,omitempty"` // SMTP, RFC 2034
	Chunking            bool `json:"chunking,omitempty"`              // SMTP, RFC 3030
	SMTPUTF8            bool `json:"smtputf8,omitempty"`              // SMTP, RFC 6531
	ID                  bool `json:"id,omitempty"`                    // IMAP, RFC 2971

	// Size is the largest message in octets (SMTP, RFC 1870); 0 when the server
	// named none.
	Size int64 `json:"size,omitempty"`

	// Implementation names the software (POP3, RFC 2449, Section 6.9; ManageSieve,
	// RFC 5804, Section 1.7).
	Implementation string `json:"implementation,omitempty"`

	// Version is the version of ManageSieve (RFC 5804, Section 1.7).
	Version string `json:"version,omitempty"`
}

// Has reports whether the server listed the capability of that name, in any
// case: "PIPELINING", "AUTH=PLAIN" (IMAP), "UIDL". It is false too when the
// server gave no list; see Listed.
func (c Capabilities) Has(name string) bool {
	return slices.Contains(c.Names, strings.ToUpper(name))
}

// add takes one capability: its line as sent, its keyword, its parameters.
func (c *Capabilities) add(raw, name string, params []string) {
	c.Raw = append(c.Raw, raw)
	name = strings.ToUpper(name)
	if name == "" || !plain(name) || c.Has(name) {
		return
	}
	c.Names = append(c.Names, name)
	c.Masked = c.Masked || masked(name)
	c.setFlag(name)
	c.setValue(name, params)
}

// setFlag sets the field of a capability that is either there or not.
func (c *Capabilities) setFlag(name string) {
	switch name {
	case "STARTTLS":
		c.STARTTLS = true
	case "STLS":
		c.STARTTLS = c.STARTTLS || family(c.Protocol) == POP3
	case "LOGINDISABLED":
		c.LoginDisabled = true
	case "REQUIRETLS":
		c.RequireTLS = true
	case "PIPELINING":
		c.Pipelining = true
	case "ENHANCEDSTATUSCODES":
		c.EnhancedStatusCodes = true
	case "CHUNKING":
		c.Chunking = true
	case "SMTPUTF8":
		c.SMTPUTF8 = true
	case "ID":
		c.ID = true
	}
}

// setValue sets the field of a capability that has parameters.
func (c *Capabilities) setValue(name string, params []string) {
	switch {
	case name == "AUTH", name == "SASL":
		c.addMechanisms(params)
	case strings.HasPrefix(name, "AUTH="):
		// IMAP's form (RFC 9051, Section 7.2.2), and "AUTH=LOGIN PLAIN" of old
		// SMTP servers, written for clients older than RFC 2554.
		c.addMechanisms(append([]string{name[len("AUTH="):]}, params...))
	case name == "SIZE" && len(params) > 0:
		c.Size = size(params[0])
	case name == "IMPLEMENTATION":
		c.Implementation = strings.Join(params, " ")
	case name == "VERSION":
		c.Version = strings.Join(params, " ")
	}
}

// addMechanisms takes SASL mechanisms, leaving out repeated ones.
func (c *Capabilities) addMechanisms(names []string) {
	for _, n := range names {
		n = strings.ToUpper(n)
		if n != "" && plain(n) && !slices.Contains(c.AuthMechanisms, n) {
			c.AuthMechanisms = append(c.AuthMechanisms, n)
		}
	}
}

// size returns a SIZE parameter, or 0 for what is not a number of octets.
func size(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// maskedRun is the number of X or * in a row that no registered keyword has.
// Cisco's inspection overwrites STARTTLS to XXXXXXXA, others to XXXX.
const maskedRun = 4

// masked reports whether a keyword, in capitals, was overwritten: X or * alone,
// but for the last letter.
func masked(name string) bool {
	for _, fill := range []string{"X", "*"} {
		rest := strings.TrimLeft(name, fill)
		if len(name)-len(rest) >= maskedRun && len(rest) <= 1 {
			return true
		}
	}
	return false
}
