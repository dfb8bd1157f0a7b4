package evidence

import "github.com/mailtls/mailtls/tlswire"

// Facts are the answers about one endpoint, a field per question.
type Facts struct {
	Reachable       Fact[bool]         `json:"reachable"`        // a TCP connection could be opened
	Greeting        Fact[string]       `json:"greeting"`         // the first reply, raw
	STARTTLS        Fact[STARTTLS]     `json:"starttls"`         // Inapplicable on ports with implicit TLS
	Capabilities    Fact[Capabilities] `json:"capabilities"`     // before TLS; Inapplicable with implicit TLS
	CapabilitiesTLS Fact[Capabilities] `json:"capabilities_tls"` // after a finished handshake
	MailBeforeTLS   Fact[Taken]        `json:"mail_before_tls"`  // MAIL FROM in the clear, where users submit mail
	AuthBeforeTLS   Fact[Taken]        `json:"auth_before_tls"`  // a prompt for a password in the clear

	Versions   Fact[[]tlswire.Version]                   `json:"versions"`   // oldest first
	Suites     Fact[PerVersion[tlswire.Suite]]           `json:"suites"`     // in the server's order where it has one
	Preference Fact[map[tlswire.Version]Preference]      `json:"preference"` // who decides on the cipher suite
	Signatures Fact[PerVersion[tlswire.SignatureScheme]] `json:"signatures"` // of ServerKeyExchange and CertificateVerify

	GroupsTLS12          Fact[[]tlswire.Group] `json:"groups_tls12"` // TLS 1.2 and older
	GroupsTLS13          Fact[[]tlswire.Group] `json:"groups_tls13"`
	GroupPreferenceTLS12 Fact[Preference]      `json:"group_preference_tls12"`
	GroupPreferenceTLS13 Fact[Preference]      `json:"group_preference_tls13"`

	DHParams      Fact[[]DHParams]                        `json:"dh_params"`    // finite-field groups of TLS 1.2 and older
	KeyReuse      Fact[KeyReuse]                          `json:"key_reuse"`    // of ephemeral keys
	Compression   Fact[[]tlswire.CompressionMethod]       `json:"compression"`  // accepted methods other than null
	Extensions    Fact[PerVersion[tlswire.ExtensionType]] `json:"extensions"`   // answered by the server
	ALPN          Fact[string]                            `json:"alpn"`         // protocol selected
	Certificates  Fact[[]Chain]                           `json:"certificates"` // each distinct chain
	Stapled       Fact[bool]                              `json:"stapled"`      // an OCSP response came with a chain
	SessionTicket Fact[[]Ticket]                          `json:"session_ticket"`

	DowngradeSentinel Fact[bool]          `json:"downgrade_sentinel"` // RFC 8446, Section 4.1.3
	FallbackSCSV      Fact[bool]          `json:"fallback_scsv"`      // RFC 7507
	Intolerances      Fact[[]Intolerance] `json:"intolerances"`       // hellos the server fails to read
	ClockInRandom     Fact[bool]          `json:"clock_in_random"`
	HeedsSchemes      Fact[bool]          `json:"heeds_schemes"` // TLS 1.2 is signed only in ways that the client offers

	Heartbleed            Fact[Weakness] `json:"heartbleed"`
	CCSInjection          Fact[Weakness] `json:"ccs_injection"`
	Ticketbleed           Fact[Weakness] `json:"ticketbleed"`
	ROBOT                 Fact[Weakness] `json:"robot"`
	PaddingOracle         Fact[Weakness] `json:"padding_oracle"`
	InsecureRenegotiation Fact[Weakness] `json:"insecure_renegotiation"`
	ClientRenegotiation   Fact[Weakness] `json:"client_renegotiation"`
	STARTTLSInjection     Fact[Weakness] `json:"starttls_injection"`
	WeakTickets           Fact[Weakness] `json:"weak_tickets"`
	ForeignProtocol       Fact[Weakness] `json:"foreign_protocol"`
	RepeatedNonces        Fact[Weakness] `json:"repeated_nonces"`
	PSKWithoutDHE         Fact[Weakness] `json:"psk_without_dhe"`
	SpecialDROWN          Fact[Weakness] `json:"special_drown"`
	StateKept             Fact[Weakness] `json:"state_kept"` // across STARTTLS

	Revocation Fact[[]Revocation] `json:"revocation"` // what authorities say of the certificates; asked on request only
	Lint       Fact[[]Lint]       `json:"lint"`       // rules that the certificates break; looked at on request only
}

// NotAsked is the reason for facts that stayed open because the scan left them out, as quick and passive scans do.
const NotAsked = "not asked"

// STARTTLS says whether the upgrade command is offered and whether it works.
type STARTTLS struct {
	Offered bool `json:"offered"` // in the capabilities
	Masked  bool `json:"masked"`  // overwritten by a middlebox, as in 250-XXXXXXXA
	Works   bool `json:"works"`   // a go-ahead came, and TLS after it
}

// Taken says whether a server accepts a command, and how it said so.
type Taken struct {
	Accepted bool   `json:"accepted"`
	Reply    string `json:"reply"` // raw
}

// Capabilities are the service extensions a server advertises. Text is raw.
type Capabilities struct {
	Listed         bool     `json:"listed"`                    // the server gave a list; else the rest is not known
	Lines          []string `json:"lines,omitempty"`           // as sent
	Names          []string `json:"names,omitempty"`           // keywords in upper case
	STARTTLS       bool     `json:"starttls"`                  // STARTTLS, or STLS of POP3
	Masked         bool     `json:"masked,omitempty"`          // a keyword was overwritten on its way
	AuthMechanisms []string `json:"auth_mechanisms,omitempty"` // SASL mechanisms in upper case
	LoginDisabled  bool     `json:"login_disabled,omitempty"`  // IMAP LOGINDISABLED
	RequireTLS     bool     `json:"require_tls,omitempty"`     // SMTP REQUIRETLS, RFC 8689
}

// Preference says whose order decides.
type Preference string

const (
	ClientOrder       Preference = "client"        // the first of the client's list that the server accepts
	ServerOrder       Preference = "server"        // the server's own list
	ServerOrderChaCha Preference = "server-chacha" // the server's list, ChaCha20 first for clients that put it first
)

// DHParams is one finite-field Diffie-Hellman group a server used.
type DHParams struct {
	Bits    int             `json:"bits"`
	Prime   string          `json:"prime,omitempty"` // name of a well-known prime, such as "RFC 3526 group 14"
	Hash    string          `json:"hash"`            // SHA-256 of p, hex
	P       []byte          `json:"p,omitempty"`
	G       []byte          `json:"g,omitempty"`
	Safe    bool            `json:"safe"` // p and (p-1)/2 are prime
	IsPrime bool            `json:"is_prime"`
	Tested  bool            `json:"tested"`           // whether Safe and IsPrime were decided: primes too long to test are not
	Suites  []tlswire.Suite `json:"suites,omitempty"` // that were answered with it
}

// KeyReuse tells whether one ephemeral public key came in more than one handshake.
type KeyReuse struct {
	DH             bool `json:"dh"`
	ECDH           bool `json:"ecdh"`
	DHHandshakes   int  `json:"dh_handshakes"`   // handshakes compared
	ECDHHandshakes int  `json:"ecdh_handshakes"` // handshakes compared
}

// Chain is one certificate chain as the server showed it.
type Chain struct {
	Certificates []string                `json:"certificates"`         // keys of Blobs.Certificates, the server's own first
	Versions     []tlswire.Version       `json:"versions"`             // in which it was shown
	WithSNI      bool                    `json:"with_sni"`             // shown to a client that named the server
	WithoutSNI   bool                    `json:"without_sni"`          // shown to a client that did not
	Stapled      bool                    `json:"stapled,omitempty"`    // with an OCSP response
	Staples      []OCSPResponse          `json:"staples,omitempty"`    // what the responses say of the server's certificate, each distinct one
	Extensions   []tlswire.ExtensionType `json:"extensions,omitempty"` // of its first entry, TLS 1.3
	Trust        *TrustResult            `json:"trust,omitempty"`      // whether it leads to a trusted root; nil if that was not decided
}

// Ticket describes session tickets of one version.
type Ticket struct {
	Version      tlswire.Version `json:"version"`
	Lifetime     uint32          `json:"lifetime"`                 // seconds
	Length       int             `json:"length"`                   // bytes
	KeyName      []byte          `json:"key_name,omitempty"`       // first 16 bytes
	MaxEarlyData uint32          `json:"max_early_data,omitempty"` // bytes of 0-RTT data allowed
}

// Intolerance is a property of well-formed hellos that makes a server fail.
type Intolerance string

const (
	IntoleratesVersion    Intolerance = "version"    // a higher legacy_version than it knows
	IntoleratesExtensions Intolerance = "extensions" // unknown (GREASE) extensions, suites or groups, RFC 8701
	IntoleratesSize256    Intolerance = "size-256"   // hellos of 256 to 511 bytes
	IntoleratesSize512    Intolerance = "size-512"   // hellos above 512 bytes
	IntoleratesSize1500   Intolerance = "size-1500"  // hellos above one packet, as with post-quantum key shares
	IntoleratesSize4096   Intolerance = "size-4096"  // hellos above 4096 bytes
	IntoleratesFragments  Intolerance = "fragments"  // a hello split over records
	IntoleratesLongLists  Intolerance = "long-lists" // suites after the first 64 are not read
)
