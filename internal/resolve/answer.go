package resolve

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Type is that of a record (RFC 1035, Section 3.2.2).
type Type uint16

// The types that are asked for.
const (
	A     = Type(dns.TypeA)
	AAAA  = Type(dns.TypeAAAA)
	MX    = Type(dns.TypeMX)
	TXT   = Type(dns.TypeTXT)
	SRV   = Type(dns.TypeSRV)
	PTR   = Type(dns.TypePTR)
	CNAME = Type(dns.TypeCNAME)
	CAA   = Type(dns.TypeCAA)
	TLSA  = Type(dns.TypeTLSA)
	NS    = Type(dns.TypeNS)
)

// String returns the name of t, such as "MX".
func (t Type) String() string { return dns.Type(t).String() }

// Status says what DNSSEC makes of an answer (RFC 4035, Section 4.3).
type Status string

const (
	Secure        Status = "secure"        // signed, from the trust anchor down
	Insecure      Status = "insecure"      // proven to be in a zone that is not signed, or told so by a trusted resolver
	Bogus         Status = "bogus"         // should be signed, and is not, or wrongly: whoever validates does not use it
	Indeterminate Status = "indeterminate" // not looked at, or there was no telling
)

// worst returns the one of two that decides about both.
func worst(a, b Status) Status {
	for _, s := range []Status{Bogus, Indeterminate, Insecure} {
		if a == s || b == s {
			return s
		}
	}
	return Secure
}

// Answer is what the DNS says of one name and type. A name that does not exist, or has no such records, is an answer, too.
type Answer struct {
	Name      string // as it was asked for, in lower case, with its final dot
	Type      Type
	NameError bool     // there is no such name (NXDOMAIN)
	Aliases   []string // the names that CNAME and DNAME led to, in order
	Endless   string   // why the aliases lead to nothing
	Status    Status
	Why       string        // why the status is not Secure
	TTL       time.Duration // how long caches may keep it, as far as the resolver that was asked still does
	records   []dns.RR
}

// Resolver looks up one name. The name is one of the DNS, IDNA applied. The error is an [*Error] if there is no answer.
type Resolver interface {
	Lookup(ctx context.Context, name string, t Type) (*Answer, error)
}

// An Error says why there is no answer.
type Error struct {
	Name string
	Type Type
	Why  string
	// Temporary: asking again later may help, as after a timeout or SERVFAIL.
	Temporary bool
	Timeout   bool
	// Fails: a resolver did speak, and has no answer (SERVFAIL), other than for want of a way to the servers of the zone: others that ask
	// get none either.
	Fails    bool
	answered bool // a server did speak
}

func (e *Error) Error() string { return e.Type.String() + " of " + e.Name + ": " + e.Why }

// Empty reports whether the name has no records of the type.
func (a *Answer) Empty() bool { return len(a.records) == 0 }

// Canonical is the name at the end of all aliases.
func (a *Answer) Canonical() string {
	if n := len(a.Aliases); n > 0 {
		return a.Aliases[n-1]
	}
	return a.Name
}

// Exchanger is one MX record (RFC 5321, Section 5.1).
type Exchanger struct {
	Preference uint16
	Host       string // with its final dot; "." is the null MX (RFC 7505)
}

// Exchangers returns the MX records.
func (a *Answer) Exchangers() []Exchanger {
	return each(a, func(rr *dns.MX) Exchanger { return Exchanger{rr.Preference, dns.CanonicalName(rr.Mx)} })
}

// Texts returns the TXT records, the strings of each joined (RFC 7208, Section 3.3).
func (a *Answer) Texts() []string {
	return each(a, func(rr *dns.TXT) string { return strings.Join(unescaped(rr.Txt), "") })
}

// Addresses returns the A or AAAA records.
func (a *Answer) Addresses() []netip.Addr {
	v4 := each(a, func(rr *dns.A) netip.Addr { addr, _ := netip.AddrFromSlice(rr.A.To4()); return addr })
	return append(v4, each(a, func(rr *dns.AAAA) netip.Addr { addr, _ := netip.AddrFromSlice(rr.AAAA.To16()); return addr })...)
}

// Names returns the targets of PTR, CNAME or NS records.
func (a *Answer) Names() []string {
	list := each(a, func(rr *dns.PTR) string { return dns.CanonicalName(rr.Ptr) })
	list = append(list, each(a, func(rr *dns.CNAME) string { return dns.CanonicalName(rr.Target) })...)
	return append(list, each(a, func(rr *dns.NS) string { return dns.CanonicalName(rr.Ns) })...)
}

// Service is one SRV record (RFC 2782).
type Service struct {
	Priority, Weight, Port uint16
	Host                   string // with its final dot; "." says that there is no such service
}

// Services returns the SRV records.
func (a *Answer) Services() []Service {
	return each(a, func(rr *dns.SRV) Service {
		return Service{rr.Priority, rr.Weight, rr.Port, dns.CanonicalName(rr.Target)}
	})
}

// Association is one TLSA record (RFC 6698, Section 2.1).
type Association struct {
	Usage, Selector, MatchingType uint8
	Data                          string // in hexadecimal digits
}

// Associations returns the TLSA records.
func (a *Answer) Associations() []Association {
	return each(a, func(rr *dns.TLSA) Association {
		return Association{rr.Usage, rr.Selector, rr.MatchingType, strings.ToLower(rr.Certificate)}
	})
}

// Authorization is one CAA record (RFC 8659, Section 4.1).
type Authorization struct {
	Critical   bool
	Tag, Value string
}

// Authorizations returns the CAA records.
func (a *Answer) Authorizations() []Authorization {
	return each(a, func(rr *dns.CAA) Authorization {
		return Authorization{rr.Flag&0x80 != 0, strings.ToLower(rr.Tag), strings.Join(unescaped([]string{rr.Value}), "")}
	})
}

// each returns what read makes of the records of one kind.
func each[RR dns.RR, T any](a *Answer, read func(RR) T) (list []T) {
	for _, rr := range a.records {
		if r, ok := rr.(RR); ok {
			list = append(list, read(r))
		}
	}
	return list
}

// unescaped undoes the presentation form, in which the library keeps character strings (RFC 1035, Section 5.1).
func unescaped(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		var b strings.Builder
		for k := 0; k < len(s); k++ {
			switch {
			case s[k] != '\\' || k+1 == len(s):
				b.WriteByte(s[k])
			case k+3 < len(s) && isDigit(s[k+1]) && isDigit(s[k+2]) && isDigit(s[k+3]):
				b.WriteByte(byte(int(s[k+1]-'0')*100 + int(s[k+2]-'0')*10 + int(s[k+3]-'0')))
				k += 3
			default:
				k++
				b.WriteByte(s[k])
			}
		}
		out[i] = b.String()
	}
	return out
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Reverse returns the name under which the DNS keeps what an address is called (RFC 1035, Section 3.5; RFC 3596, Section 2.5).
func Reverse(addr netip.Addr) string {
	name, _ := dns.ReverseAddr(addr.Unmap().WithZone("").String()) // an address always has one
	return name
}
