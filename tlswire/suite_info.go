package tlswire

// SuiteInfo are the attributes of a cipher suite. Each is a column of the
// table; none is derived from the name.
type SuiteInfo struct {
	ID      Suite
	Name    string // IANA; else the usual one, unique even where private code points share a suite
	OpenSSL string // empty where OpenSSL has none
	GnuTLS  string // empty where GnuTLS has none

	// MinVersion and MaxVersion bound the versions in which servers have been
	// seen to choose the suite. They are wider than the specifications: most
	// stacks let everything older than TLS 1.2 be chosen anywhere from SSLv3
	// to TLS 1.2, so a scanner must offer it there.
	MinVersion, MaxVersion Version
	// SpecMin and SpecMax bound the versions in which the suite is specified.
	// TLS 1.1 took out the export suites (RFC 4346, Appendix A.5), TLS 1.2
	// DES and IDEA (RFC 5246, Section 1.2; RFC 5469).
	SpecMin, SpecMax Version

	KeyExchange KeyExchange
	Auth        Auth
	Cipher      Cipher
	Mode        Mode
	MAC         MAC
	PRF         PRF

	Bits     int // length of the key without parity; 0 for no encryption
	Strength int // bits of work a known attack takes: 112 for 3DES, else Bits

	ForwardSecret bool // a stolen long-term key does not open recorded sessions
	AEAD          bool
	Export        bool // weakened on purpose, RSA and DH keys included
	Anonymous     bool // nothing authenticates the server
	Null          bool // nothing is encrypted
	Block64       bool // a cipher of 64-bit blocks: collisions after 2^32 of them
	Obsolete      bool // specified for no version from TLS 1.2 on, or never registered with IANA

	// Recommended is the column of the IANA registry: "Y", "N", "D"
	// (discouraged), or "-" for code points it does not list (RFC 9847,
	// Section 3).
	Recommended string
	// RFC10015 is what RFC 10015 says about the suite in TLS 1.2: "MUST NOT",
	// "SHOULD NOT" or, where it says nothing, "".
	RFC10015 string
}

// Negotiable tells whether servers have been seen to choose the suite in
// version v.
func (i SuiteInfo) Negotiable(v Version) bool { return i.MinVersion <= v && v <= i.MaxVersion }
