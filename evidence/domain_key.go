package evidence

// DomainKey names a fact about a domain.
type DomainKey struct {
	Name      string                        // the fact's name in JSON
	Condition func(*Domain) (State, string) // the fact's state and reason
}

func domainKey[T any](name string, field func(*Domain) *Fact[T]) DomainKey {
	return DomainKey{Name: name, Condition: func(d *Domain) (State, string) { return field(d).Condition() }}
}

// The facts about domains.
var (
	KeyExchange  = domainKey("mx", func(d *Domain) *Fact[Exchange] { return &d.Exchange })
	KeyServices  = domainKey("services", func(d *Domain) *Fact[[]MailService] { return &d.Services })
	KeySTS       = domainKey("mta_sts", func(d *Domain) *Fact[STSRecord] { return &d.STS })
	KeySTSPolicy = domainKey("mta_sts_policy", func(d *Domain) *Fact[STSPolicy] { return &d.Policy })
	KeyReports   = domainKey("tls_rpt", func(d *Domain) *Fact[ReportsRecord] { return &d.Reports })
	KeyCAA       = domainKey("caa", func(d *Domain) *Fact[Authorizations] { return &d.CAA })
)
