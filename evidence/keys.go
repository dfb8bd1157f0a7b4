package evidence

import "github.com/mailtls/mailtls/tlswire"

// The keys of all facts, in the order of [Facts].
var (
	KeyReachable             = key("reachable", func(f *Facts) *Fact[bool] { return &f.Reachable })
	KeyGreeting              = key("greeting", func(f *Facts) *Fact[string] { return &f.Greeting })
	KeySTARTTLS              = key("starttls", func(f *Facts) *Fact[STARTTLS] { return &f.STARTTLS })
	KeyCapabilities          = key("capabilities", func(f *Facts) *Fact[Capabilities] { return &f.Capabilities })
	KeyCapabilitiesTLS       = key("capabilities_tls", func(f *Facts) *Fact[Capabilities] { return &f.CapabilitiesTLS })
	KeyMailBeforeTLS         = key("mail_before_tls", func(f *Facts) *Fact[Taken] { return &f.MailBeforeTLS })
	KeyAuthBeforeTLS         = key("auth_before_tls", func(f *Facts) *Fact[Taken] { return &f.AuthBeforeTLS })
	KeyVersions              = key("versions", func(f *Facts) *Fact[[]tlswire.Version] { return &f.Versions })
	KeySuites                = key("suites", func(f *Facts) *Fact[PerVersion[tlswire.Suite]] { return &f.Suites })
	KeyPreference            = key("preference", func(f *Facts) *Fact[map[tlswire.Version]Preference] { return &f.Preference })
	KeySignatures            = key("signatures", func(f *Facts) *Fact[PerVersion[tlswire.SignatureScheme]] { return &f.Signatures })
	KeyGroupsTLS12           = key("groups_tls12", func(f *Facts) *Fact[[]tlswire.Group] { return &f.GroupsTLS12 })
	KeyGroupsTLS13           = key("groups_tls13", func(f *Facts) *Fact[[]tlswire.Group] { return &f.GroupsTLS13 })
	KeyGroupPreferenceTLS12  = key("group_preference_tls12", func(f *Facts) *Fact[Preference] { return &f.GroupPreferenceTLS12 })
	KeyGroupPreferenceTLS13  = key("group_preference_tls13", func(f *Facts) *Fact[Preference] { return &f.GroupPreferenceTLS13 })
	KeyDHParams              = key("dh_params", func(f *Facts) *Fact[[]DHParams] { return &f.DHParams })
	KeyKeyReuse              = key("key_reuse", func(f *Facts) *Fact[KeyReuse] { return &f.KeyReuse })
	KeyCompression           = key("compression", func(f *Facts) *Fact[[]tlswire.CompressionMethod] { return &f.Compression })
	KeyExtensions            = key("extensions", func(f *Facts) *Fact[PerVersion[tlswire.ExtensionType]] { return &f.Extensions })
	KeyALPN                  = key("alpn", func(f *Facts) *Fact[string] { return &f.ALPN })
	KeyCertificates          = key("certificates", func(f *Facts) *Fact[[]Chain] { return &f.Certificates })
	KeyStapled               = key("stapled", func(f *Facts) *Fact[bool] { return &f.Stapled })
	KeySessionTicket         = key("session_ticket", func(f *Facts) *Fact[[]Ticket] { return &f.SessionTicket })
	KeyDowngradeSentinel     = key("downgrade_sentinel", func(f *Facts) *Fact[bool] { return &f.DowngradeSentinel })
	KeyFallbackSCSV          = key("fallback_scsv", func(f *Facts) *Fact[bool] { return &f.FallbackSCSV })
	KeyIntolerances          = key("intolerances", func(f *Facts) *Fact[[]Intolerance] { return &f.Intolerances })
	KeyClockInRandom         = key("clock_in_random", func(f *Facts) *Fact[bool] { return &f.ClockInRandom })
	KeyHeedsSchemes          = key("heeds_schemes", func(f *Facts) *Fact[bool] { return &f.HeedsSchemes })
	KeyHeartbleed            = key("heartbleed", func(f *Facts) *Fact[Weakness] { return &f.Heartbleed })
	KeyCCSInjection          = key("ccs_injection", func(f *Facts) *Fact[Weakness] { return &f.CCSInjection })
	KeyTicketbleed           = key("ticketbleed", func(f *Facts) *Fact[Weakness] { return &f.Ticketbleed })
	KeyROBOT                 = key("robot", func(f *Facts) *Fact[Weakness] { return &f.ROBOT })
	KeyPaddingOracle         = key("padding_oracle", func(f *Facts) *Fact[Weakness] { return &f.PaddingOracle })
	KeyInsecureRenegotiation = key("insecure_renegotiation", func(f *Facts) *Fact[Weakness] { return &f.InsecureRenegotiation })
	KeyClientRenegotiation   = key("client_renegotiation", func(f *Facts) *Fact[Weakness] { return &f.ClientRenegotiation })
	KeySTARTTLSInjection     = key("starttls_injection", func(f *Facts) *Fact[Weakness] { return &f.STARTTLSInjection })
	KeyWeakTickets           = key("weak_tickets", func(f *Facts) *Fact[Weakness] { return &f.WeakTickets })
	KeyForeignProtocol       = key("foreign_protocol", func(f *Facts) *Fact[Weakness] { return &f.ForeignProtocol })
	KeyRepeatedNonces        = key("repeated_nonces", func(f *Facts) *Fact[Weakness] { return &f.RepeatedNonces })
	KeyPSKWithoutDHE         = key("psk_without_dhe", func(f *Facts) *Fact[Weakness] { return &f.PSKWithoutDHE })
	KeySpecialDROWN          = key("special_drown", func(f *Facts) *Fact[Weakness] { return &f.SpecialDROWN })
	KeyStateKept             = key("state_kept", func(f *Facts) *Fact[Weakness] { return &f.StateKept })
	KeyRevocation            = key("revocation", func(f *Facts) *Fact[[]Revocation] { return &f.Revocation })
	KeyLint                  = key("lint", func(f *Facts) *Fact[[]Lint] { return &f.Lint })
)

// Keys returns the keys of all facts, in the order of [Facts].
func Keys() []*Key {
	return []*Key{
		KeyReachable,
		KeyGreeting,
		KeySTARTTLS,
		KeyCapabilities,
		KeyCapabilitiesTLS,
		KeyMailBeforeTLS,
		KeyAuthBeforeTLS,
		KeyVersions,
		KeySuites,
		KeyPreference,
		KeySignatures,
		KeyGroupsTLS12,
		KeyGroupsTLS13,
		KeyGroupPreferenceTLS12,
		KeyGroupPreferenceTLS13,
		KeyDHParams,
		KeyKeyReuse,
		KeyCompression,
		KeyExtensions,
		KeyALPN,
		KeyCertificates,
		KeyStapled,
		KeySessionTicket,
		KeyDowngradeSentinel,
		KeyFallbackSCSV,
		KeyIntolerances,
		KeyClockInRandom,
		KeyHeedsSchemes,
		KeyHeartbleed,
		KeyCCSInjection,
		KeyTicketbleed,
		KeyROBOT,
		KeyPaddingOracle,
		KeyInsecureRenegotiation,
		KeyClientRenegotiation,
		KeySTARTTLSInjection,
		KeyWeakTickets,
		KeyForeignProtocol,
		KeyRepeatedNonces,
		KeyPSKWithoutDHE,
		KeySpecialDROWN,
		KeyStateKept,
		KeyRevocation,
		KeyLint,
	}
}
