package client

import (
	"slices"

	"github.com/mailtls/mailtls/tlswire"
)

// Profile is what one mail program, in one version on one system, offers and accepts.
type Profile struct {
	ID        string   `json:"id"`   // short and unique, "outlook-2010-win7-default"
	Name      string   `json:"name"` // for people
	Kind      Kind     `json:"kind"`
	Protocols []string `json:"protocols"` // smtp (to port 25), submission, imap, pop3
	Trust     string   `json:"trust,omitempty"`

	Min        tlswire.Version `json:"min_version"`
	Max        tlswire.Version `json:"max_version"`
	SSLv2Hello bool            `json:"sslv2_hello,omitempty"` // its first message has the form of SSLv2 (RFC 5246, Appendix E.2)

	Suites    []tlswire.Suite           `json:"suites"`               // in its order, signalling values included
	Groups    []tlswire.Group           `json:"groups,omitempty"`     // in its order; none: it does not send the extension
	KeyShares []tlswire.Group           `json:"key_shares,omitempty"` // of its first hello, TLS 1.3
	Schemes   []tlswire.SignatureScheme `json:"schemes,omitempty"`    // none: it does not send the extension
	SNI       bool                      `json:"sni"`                  // it names the server

	// The sizes of keys that it takes, in bits; 0 where no limit is known.
	MinDHBits  int  `json:"min_dh_bits,omitempty"`
	MaxDHBits  int  `json:"max_dh_bits,omitempty"`
	MinRSABits int  `json:"min_rsa_bits,omitempty"` // of certificates
	MaxRSABits int  `json:"max_rsa_bits,omitempty"`
	SHA2Only   bool `json:"sha2_only,omitempty"` // it refuses certificates that are signed with SHA-1 or older
	// It refuses key exchanges that are signed with MD5 and SHA-1, as all are before TLS 1.2. So does OpenSSL 3 at security
	// level 1 and above; with key exchange by RSA it still speaks TLS 1.0.
	SHA2Signing bool `json:"sha2_signing,omitempty"`

	Fidelity Fidelity `json:"fidelity"`
	Source   string   `json:"source,omitempty"`
	Note     string   `json:"note,omitempty"`
}

// Kind is what a program is for.
type Kind string

// The kinds.
const (
	MailClient    Kind = "mail client"    // users read and send mail with it
	SendingServer Kind = "sending server" // it hands mail on to other servers
	Library       Kind = "library"        // programs send mail with it
)

// Fidelity is how far a profile is the program's own.
type Fidelity string

// The degrees of fidelity, best first.
const (
	Captured   Fidelity = "captured"   // the program's own hello, or its library's with its settings
	SameStack  Fidelity = "same stack" // the hello of another program on the same TLS library and system
	Near       Fidelity = "near"       // of a neighbouring version, or with other settings
	Documented Fidelity = "documented" // from the vendor's documents
	Unmeasured Fidelity = "unmeasured" // from experience alone
)

var (
	kinds      = []Kind{MailClient, SendingServer, Library}
	fidelities = []Fidelity{Captured, SameStack, Near, Documented, Unmeasured}
	protocols  = []string{"smtp", "submission", "imap", "pop3"}
)

// Speaks reports whether the program would come to a server of that protocol, a scheme such as "imaps". Sending servers
// also submit mail, to a smarthost.
func (p *Profile) Speaks(protocol string) bool {
	switch protocol {
	case "smtp", "lmtp":
		return slices.Contains(p.Protocols, "smtp")
	case "submission", "submissions":
		return slices.Contains(p.Protocols, "submission") || slices.Contains(p.Protocols, "smtp")
	case "imap", "imaps", "sieve": // scripts are edited with the program that reads the mail
		return slices.Contains(p.Protocols, "imap")
	case "pop3", "pop3s":
		return slices.Contains(p.Protocols, "pop3")
	}
	return false
}

// Opportunistic reports whether the program sends in the clear where TLS fails (RFC 7435).
func (p *Profile) Opportunistic() bool { return p.Kind == SendingServer }
