package evidence

import (
	"net/netip"
	"time"
)

// Domain is what the DNS, and the policies it points to, say of the mail of a domain.
type Domain struct {
	Name     string    `json:"name"`              // in A-labels (RFC 5890), lower case, without the final dot
	Unicode  string    `json:"unicode,omitempty"` // as people write it, where that is another
	At       time.Time `json:"at"`
	Resolver string    `json:"resolver"` // the name servers asked
	DNSSEC   string    `json:"dnssec"`   // how answers were validated: "local", "trust" or "off"

	Exchange Fact[Exchange]       `json:"mx"`
	Services Fact[[]MailService]  `json:"services"`
	Guides   []Guide              `json:"guides,omitempty"` // what was read to find services, besides SRV records
	STS      Fact[STSRecord]      `json:"mta_sts"`          // Inapplicable where there is none
	Policy   Fact[STSPolicy]      `json:"mta_sts_policy"`
	Reports  Fact[ReportsRecord]  `json:"tls_rpt"` // Inapplicable where there is none
	CAA      Fact[Authorizations] `json:"caa"`
	Hosts    map[string]*MailHost `json:"hosts,omitempty"`  // of Exchange and Services, by name
	Hops     []Hop                `json:"hops,omitempty"`   // the addresses of all exchangers, in the order in which senders try them
	Held     []Held               `json:"held,omitempty"`   // TLSA records held against what was shown, at every port that has some
	Silent   []Target             `json:"silent,omitempty"` // guesses that nothing answered at
}

// Vouch says what DNSSEC makes of an answer: "secure", "insecure", "bogus" or "indeterminate" (RFC 4035, Section 4.3).
type Vouch struct {
	Status string `json:"status"`
	Why    string `json:"why,omitempty"` // why it is not secure
}

// Exchange says where the mail of a domain goes to.
type Exchange struct {
	Kind    ExchangeKind `json:"kind"`
	DNSSEC  Vouch        `json:"dnssec"`
	NoSuch  bool         `json:"no_such_domain,omitempty"`
	List    []Exchanger  `json:"list,omitempty"`     // the best preference first
	LeftOut int          `json:"left_out,omitempty"` // more that there were
}

// ExchangeKind says how a domain names its mail exchangers (RFC 5321, Section 5.1).
type ExchangeKind string

// The kinds.
const (
	ByMX     ExchangeKind = "mx"
	Implicit ExchangeKind = "implicit" // there is no MX record, and the domain itself has an address
	NullMX   ExchangeKind = "null"     // it says that it takes no mail (RFC 7505)
	NoMail   ExchangeKind = "none"     // neither an MX record nor an address, or no such domain
)

// Exchanger is one mail exchanger.
type Exchanger struct {
	Preference int      `json:"preference"`
	Host       string   `json:"host"` // without its final dot
	Problems   []string `json:"problems,omitempty"`
}

// MailService is one that the users of a domain are led to.
type MailService struct {
	Source   Source   `json:"source"`
	Also     []Source `json:"also,omitempty"` // what names it, too
	Protocol string   `json:"protocol"`       // as in Target
	Host     string   `json:"host"`           // without its final dot; empty: the record says that there is none
	Port     int      `json:"port"`
	Priority int      `json:"priority"`
	Socket   Socket   `json:"socket,omitempty"`   // how a document says to encrypt, whatever else named the service; empty: it does not say
	Insecure bool     `json:"insecure,omitempty"` // nothing but a document that came unencrypted names it
	DNSSEC   Vouch    `json:"dnssec"`             // of the record that names it
}

// Socket says how a mail program is to encrypt.
type Socket string

// The ways.
const (
	SocketTLS      Socket = "tls"      // from the first byte on
	SocketSTARTTLS Socket = "starttls" // when it was plain at first
	SocketPlain    Socket = "plain"    // not at all
)

// Guide is one document by which mail programs set themselves up.
type Guide struct {
	Source   Source `json:"source"`
	URL      string `json:"url"`
	Services int    `json:"services"`        // how many it names
	Fault    string `json:"fault,omitempty"` // why it tells nothing, or not all
}

// Source says how a service was found.
type Source string

// The sources. Of a guess it is not known whether there is such a service until it answers.
const (
	BySRV          Source = "srv"          // RFC 6186, RFC 8314
	ByAutoconfig   Source = "autoconfig"   // Thunderbird's
	ByAutodiscover Source = "autodiscover" // Microsoft's
	ByGuess        Source = "guess"        // a usual name, or the mail exchanger itself, and a usual port
)

// MailHost is one host.
type MailHost struct {
	Aliases   []string                        `json:"aliases,omitempty"` // the names that it leads to, in order
	Addresses Fact[[]netip.Addr]              `json:"addresses"`
	DNSSEC    Vouch                           `json:"dnssec"`             // of the addresses
	TLSA      map[int]Fact[TLSA]              `json:"tlsa,omitempty"`     // by port
	Reverse   map[netip.Addr]Fact[ReverseDNS] `json:"reverse,omitempty"`  // by address
	LeftOut   int                             `json:"left_out,omitempty"` // more addresses that there were
}

// TLSA is what is said of the certificates at one port.
type TLSA struct {
	Base    string   `json:"base"` // the name that the records are under, without _PORT._tcp
	DNSSEC  Vouch    `json:"dnssec"`
	Records []string `json:"records,omitempty"` // in presentation form; none if there are none
	TTL     int      `json:"ttl,omitempty"`     // in seconds
	Fails   bool     `json:"fails,omitempty"`   // it is unknown, for the name servers fail: others that ask learn nothing either
}

// ReverseDNS is the name of an address, and whether that name has the address (RFC 1912, Section 2.1).
type ReverseDNS struct {
	Names     []string `json:"names,omitempty"`
	Confirmed bool     `json:"confirmed"`
}

// STSRecord is the record of _mta-sts (RFC 8461, Section 3.1).
type STSRecord struct {
	DNSSEC Vouch  `json:"dnssec"`
	ID     string `json:"id,omitempty"`
	Fault  string `json:"fault,omitempty"` // why senders do not take it for one
}

// STSPolicy is the policy that senders fetch (RFC 8461, Section 3.2).
type STSPolicy struct {
	URL    string        `json:"url"`
	Mode   string        `json:"mode,omitempty"`
	MX     []string      `json:"mx,omitempty"`
	MaxAge time.Duration `json:"max_age_ns,omitempty"`
	Notes  []string      `json:"notes,omitempty"` // oddities that senders overlook
	Fault  string        `json:"fault,omitempty"` // why senders cannot use it
	Text   string        `json:"text,omitempty"`  // as it came
	// Certificate is the policy host's, where it showed one.
	Certificate *PolicyCertificate `json:"certificate,omitempty"`
}

// PolicyCertificate is what the host of a policy shows.
type PolicyCertificate struct {
	Names   []string  `json:"names,omitempty"`      // DNS names in it, those that cover the host first, 20 at most
	Covered []string  `json:"covered_by,omitempty"` // those of them that cover the host; "*." is a wildcard
	Issuer  string    `json:"issuer,omitempty"`
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
}

// ReportsRecord is the record of _smtp._tls (RFC 8460, Section 3).
type ReportsRecord struct {
	DNSSEC  Vouch    `json:"dnssec"`
	RUA     []string `json:"rua,omitempty"`
	LeftOut int      `json:"left_out,omitempty"` // more of them that there were
	Fault   string   `json:"fault,omitempty"`    // why senders do not take it for one
}

// Authorizations are the CAA records that count for a domain, and the name that has them (RFC 8659, Section 3).
type Authorizations struct {
	Name    string   `json:"name,omitempty"`
	DNSSEC  Vouch    `json:"dnssec"` // of all answers that lead to it
	Records []string `json:"records,omitempty"`
	LeftOut int      `json:"left_out,omitempty"` // more of them that there were
}
