package lab

import (
	"time"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// Server describes one mail server. It is a plain value: nothing in it runs
// before [Start].
type Server struct {
	Name     string // short, stable, made of a-z, 0-9 and "-"
	Title    string // one line for people
	Protocol starttls.Protocol

	Versions     []tlswire.Version                   // accepted, in any order; empty: the port has no TLS
	Suites       map[tlswire.Version][]tlswire.Suite // accepted, in the server's order
	Preference   Preference
	Groups       Groups
	Certificates []Certificate // several may be shown, by suite and by SNI
	DH           DHParams      // of DHE and anonymous DH; export suites take 512 bits
	ReuseECDH    bool          // the same EC point in every handshake
	Compression  []tlswire.CompressionMethod
	Extensions   Extensions
	Schemes      []tlswire.SignatureScheme // in the server's order; empty: SHA-256 first, SHA-1 last

	Throttle Throttle
	Quirks   Quirks

	// Want says which level each check must give, by check id: pass, warn, fail,
	// notapplicable or undecided; or note, for a pass that tells something. Checks that are not named are free. Levels are
	// those of a server for users, which policies judge by stricter rules than one
	// between mail domains.
	Want map[string]string

	// Watch, if set, is told of each connection when it ends, from several goroutines at once. A connection that is
	// watched ends after two minutes.
	Watch func(Visit)
}

// Preference is whose order decides about suites.
type Preference string

// The preferences. The zero value is the server's order.
const (
	PreferServer Preference = ""
	PreferClient Preference = "client"
	// PreferChaCha is the server's order, with the ChaCha20 suites first for
	// clients that list one first, as OpenSSL's PrioritizeChaCha.
	PreferChaCha Preference = "chacha"
)

// Groups are the accepted groups, in the server's order.
type Groups struct {
	Classic     []tlswire.Group // of ECDHE up to TLS 1.2
	TLS13       []tlswire.Group
	ClientOrder bool // the client's order decides
}

// Extensions says which extensions up to TLS 1.2 a server answers when it is
// asked. The zero value answers none, as servers before 2010.
type Extensions struct {
	RenegotiationInfo    bool   // RFC 5746
	ExtendedMasterSecret bool   // RFC 7627
	EncryptThenMAC       bool   // RFC 7366, with CBC suites only
	Heartbeat            bool   // RFC 6520
	Tickets              bool   // RFC 5077
	EarlyData            uint32 // bytes of 0-RTT data that tickets of TLS 1.3 allow (RFC 8446, Section 4.2.10)
	TicketLifetime       uint32 // of TLS 1.3, in seconds; zero: two hours
	Staple               bool   // RFC 6066, Section 8: a good OCSP response
	SCT                  bool   // RFC 6962
	MaxFragmentLength    bool   // RFC 6066, Section 4
	PointFormats         bool   // RFC 8422, Section 5.1.2
	ServerName           bool   // RFC 6066, Section 3: acknowledged
	ALPN                 []string
}

// Throttle limits a client by its connections. The zero value does not.
type Throttle struct {
	// After is how many connections are served before the rest is refused; zero:
	// all; negative: none.
	After int
	// Every starts the count of After anew each time it has passed; zero: never.
	Every time.Duration
	// AtOnce is how many connections may be open at the same time; zero: any number.
	AtOnce int
	// Reply is the line that refuses; empty: the connection is closed without a word.
	Reply string
	// Reset refuses with a TCP reset instead.
	Reset bool
	// Delay is how long the greeting takes.
	Delay time.Duration
}

// accepts reports whether the server speaks v.
func (s Server) accepts(v tlswire.Version) bool {
	for _, have := range s.Versions {
		if have == v {
			return true
		}
	}
	return false
}
