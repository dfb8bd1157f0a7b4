package tlswire

// GroupInfo are the attributes of a named group.
type GroupInfo struct {
	ID      Group
	Name    string // IANA; unique even where private code points share a group
	OpenSSL string // empty where OpenSSL has none
	GnuTLS  string // without the "GROUP-" of priority strings; empty where GnuTLS has none
	Kind    GroupKind

	Bits     int  // of the field; 0 for hybrids, which have two
	Strength int  // estimated security in bits
	Hybrid   bool // a curve and a KEM together

	// ClientShareLen and ServerShareLen are the lengths in bytes of the key
	// exchanges in the key_share extension (RFC 8446, Section 4.2.8); 0 for
	// groups that TLS 1.3 does not use.
	ClientShareLen, ServerShareLen int

	MinVersion, MaxVersion Version

	Deprecated  bool   // RFC 8422, Section 5.1.1, or an early draft of a later group
	Recommended string // IANA: "Y", "N", "D" (discouraged), "-" (not listed) or "?" (not known)
}

// GroupKind is what sort of mathematics a group is.
type GroupKind string

// The kinds of groups.
const (
	KindPrime      GroupKind = "prime"          // curve over a prime field
	KindBinary     GroupKind = "binary"         // curve over a binary field
	KindKoblitz    GroupKind = "binary-koblitz" // Koblitz curve over a binary field
	KindMontgomery GroupKind = "montgomery"     // RFC 7748
	KindFFDHE      GroupKind = "ffdhe"          // RFC 7919
	KindGOST       GroupKind = "gost"           // RFC 7836
	KindSM2        GroupKind = "sm2"            // RFC 8998
	KindKEM        GroupKind = "pq-kem"         // post-quantum alone
	KindHybrid     GroupKind = "hybrid"         // post-quantum and a curve
	KindExplicit   GroupKind = "explicit"       // RFC 4492: the server sends the curve itself
)
