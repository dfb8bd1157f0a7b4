package evidence

import "net/netip"

// Hop is one address of one mail exchanger, and what senders do with it. Like trust in certificates it is decided while the
// evidence is gathered, at the time of the endpoint's scan.
type Hop struct {
	Host       string     `json:"host"` // "": those that are left out
	Preference int        `json:"preference"`
	Address    netip.Addr `json:"address,omitzero"` // zero: none is known, or there are more
	DANE       Decision   `json:"dane"`             // of a sender that heeds DANE (RFC 7672)
	STS        Decision   `json:"mta_sts"`          // of one that heeds MTA-STS (RFC 8461)
}

// Decision is what a sender does, with its reason, and for DANE what each record said.
type Decision struct {
	Outcome Outcome      `json:"outcome"`
	Cause   Cause        `json:"cause,omitempty"` // what kind of thing Why is, where something is amiss
	Why     string       `json:"why,omitempty"`
	Records []TLSAResult `json:"records,omitempty"`
}

// Outcome is what a sender does with one address of one exchanger.
type Outcome string

// The outcomes.
const (
	Authenticated Outcome = "authenticated" // delivers, encrypted, to whom it has made sure of
	Encrypted     Outcome = "encrypted"     // delivers only encrypted, to whoever answers
	Opportunistic Outcome = "opportunistic" // delivers, encrypted if that works, to whoever answers
	Refused       Outcome = "refused"       // does not deliver to it: the mail waits, and comes back in the end if no other takes it
	Undecided     Outcome = "undecided"     // there is no telling
)

// Cause says what keeps a sender from making sure of an exchanger, or would if a policy in testing were enforced.
type Cause string

// The causes.
const (
	NoAddress      Cause = "no-address"    // the exchanger has none
	DNSSECFails    Cause = "dnssec"        // what the DNS says does not hold
	LookupFails    Cause = "tlsa-lookup"   // whether there are TLSA records cannot be learned
	NoUsableRecord Cause = "tlsa-unusable" // there are, and none of a kind that senders use
	NoRecordFits   Cause = "tlsa-mismatch" // none is about the certificate
	NoSTARTTLS     Cause = "no-starttls"   // it does not encrypt
	NotNamed       Cause = "mx-not-named"  // the policy of MTA-STS is about others
	Untrusted      Cause = "certificate"   // its certificate does not hold for senders that go by authorities
)

// Held is what the TLSA records of a host and port say of every chain that one of its addresses shows.
type Held struct {
	Protocol string      `json:"protocol"` // as in Target
	Host     string      `json:"host"`
	Port     int         `json:"port"`
	Address  netip.Addr  `json:"address"`
	Outcome  Outcome     `json:"outcome"` // what a client does that heeds DANE
	Cause    Cause       `json:"cause,omitempty"`
	Why      string      `json:"why,omitempty"`
	Chains   []HeldChain `json:"chains,omitempty"`
}

// HeldChain is what each record says of one chain.
type HeldChain struct {
	Certificate string       `json:"certificate"` // the server's own: a key of the endpoint's Blobs.Certificates
	Records     []TLSAResult `json:"records"`
}

// TLSAResult is what one TLSA record says of the certificates that a server shows.
type TLSAResult struct {
	Record   string `json:"record"`             // in presentation form
	Unusable string `json:"unusable,omitempty"` // why senders do not use it
	Matches  bool   `json:"matches"`            // it is about one of the certificates, and that makes them good
	Position int    `json:"position"`           // of that certificate, from 0 for the server's own; -1 if there is none
	Why      string `json:"why,omitempty"`      // why it does not match
}
