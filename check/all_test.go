package check

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// sick tells, for each check, how a healthy server must fall ill to be told, and how bad that is in either role.
var sick = map[string]struct {
	harm          func(testing.TB, *evidence.Endpoint)
	relay, access Level
}{
	"starttls-missing":           {noTLS(evidence.STARTTLS{}), Fail, Fail},
	"starttls-stripped":          {noTLS(evidence.STARTTLS{Masked: true}), Fail, Fail},
	"starttls-broken":            {noTLS(evidence.STARTTLS{Offered: true}), Fail, Fail},
	"auth-before-tls":            {func(_ testing.TB, e *evidence.Endpoint) { e.Facts.AuthBeforeTLS.Value.Accepted = true }, Warn, Fail},
	"mail-before-tls":            {func(_ testing.TB, e *evidence.Endpoint) { e.Facts.MailBeforeTLS.Value.Accepted = true }, Pass, Warn},
	"protocol-sslv2":             {version(tlswire.SSLv2), Fail, Fail},
	"protocol-sslv3":             {version(tlswire.SSLv3), Warn, Fail},
	"protocol-tls10":             {version(tlswire.TLS10), Warn, Fail},
	"protocol-tls11":             {version(tlswire.TLS11), Warn, Fail},
	"protocol-no-tls12":          {onlyVersion(tlswire.TLS11), Fail, Fail},
	"protocol-no-tls13":          {onlyVersion(tlswire.TLS12), Warn, Warn},
	"null":                       {suite(tlswire.TLS12, "TLS_RSA_WITH_NULL_SHA256"), Fail, Fail},
	"anon":                       {suite(tlswire.TLS12, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"), Pass, Fail}, // tolerated on relay
	"export":                     {suite(tlswire.TLS10, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"), Fail, Fail},
	"des":                        {suite(tlswire.TLS10, "TLS_RSA_WITH_DES_CBC_SHA"), Fail, Fail},
	"rc4":                        {suite(tlswire.TLS12, "TLS_RSA_WITH_RC4_128_SHA"), Warn, Fail},
	"sweet32":                    {suite(tlswire.TLS12, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"), Warn, Warn},
	"cbc":                        {suite(tlswire.TLS12, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"), Pass, Pass}, // a note
	"static-rsa":                 {suite(tlswire.TLS12, "TLS_RSA_WITH_AES_128_GCM_SHA256"), Pass, Warn},    // a note on relay
	"beast":                      {suite(tlswire.TLS10, "TLS_RSA_WITH_AES_128_CBC_SHA"), Warn, Warn},
	"poodle":                     {suite(tlswire.SSLv3, "TLS_RSA_WITH_AES_128_CBC_SHA"), Warn, Fail},
	"no-pfs":                     {onlySuite(tlswire.TLS12, "TLS_RSA_WITH_AES_128_GCM_SHA256"), Fail, Fail},
	"freak":                      {suite(tlswire.TLS10, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"), Warn, Fail},
	"logjam":                     {suite(tlswire.TLS10, "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"), Warn, Fail},
	"anon-only":                  {onlySuite(tlswire.TLS12, "TLS_ECDH_anon_WITH_AES_256_CBC_SHA"), Warn, Fail},
	"static-dh":                  {suite(tlswire.TLS12, "TLS_DH_RSA_WITH_AES_128_GCM_SHA256"), Pass, Warn},   // a note on relay
	"static-ecdh":                {suite(tlswire.TLS12, "TLS_ECDH_RSA_WITH_AES_128_GCM_SHA256"), Pass, Warn}, // a note on relay
	"dhe-tls12":                  {suite(tlswire.TLS12, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"), Pass, Pass},
	"idea-seed-rare":             {suite(tlswire.TLS12, "TLS_ECDHE_RSA_WITH_ARIA_128_GCM_SHA256"), Pass, Pass},
	"ccm8":                       {suite(tlswire.TLS12, "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8"), Pass, Pass},
	"server-order":               {clientOrder, Pass, Warn},
	"common-prime":               {dhGroup(evidence.DHParams{Bits: 1024, Prime: "RFC 2409 group 2", Safe: true, IsPrime: true, Tested: true}), Warn, Warn},
	"dh-unsafe-group":            {dhGroup(evidence.DHParams{Bits: 2048, IsPrime: true, Tested: true}), Warn, Fail},
	"dhe-dos":                    {dhGroup(evidence.DHParams{Bits: 4096, Safe: true, IsPrime: true, Tested: true}), Pass, Pass},
	"dh-reuse":                   {func(_ testing.TB, e *evidence.Endpoint) { e.Facts.KeyReuse.Value.DH = true }, Warn, Warn},
	"ecdh-reuse":                 {func(_ testing.TB, e *evidence.Endpoint) { e.Facts.KeyReuse.Value.ECDH = true }, Pass, Pass},
	"weak-curve":                 {curve(tlswire.Secp192r1), Warn, Fail},
	"deprecated-curve":           {curve(0x000e), Pass, Pass}, // sect571r1
	"no-pqc":                     {onlyGroup13(tlswire.X25519), Pass, Pass},
	"pq-draft-only":              {onlyGroup13(0x6399), Pass, Pass}, // X25519Kyber768Draft00
	"downgrade-sentinel-missing": {func(_ testing.TB, e *evidence.Endpoint) { e.Facts.DowngradeSentinel.Value = false }, Pass, Warn},
	"fallback-scsv":              {fallsBackTo(tlswire.TLS11), Pass, Warn},
	"no-extended-master-secret":  {without(tlswire.ExtensionExtendedMasterSecret), Pass, Warn},
	"lucky13":                    {cbcWithoutETM, Pass, Pass},
	"version-intolerance":        {intolerant(evidence.IntoleratesVersion), Warn, Warn},
	"grease-intolerance":         {intolerant(evidence.IntoleratesSize1500), Warn, Warn},
	"weak-dh":                    {dh(1024), Warn, Fail},
	"crime":                      {compression, Warn, Warn},
	"sha1-signature":             {signature(tlswire.RSAPKCS1SHA1), Warn, Warn},
	"cert-expired":               {leaf(func(c *evidence.Certificate) { c.NotAfter = scanned.Add(-1) }), Warn, Fail},
	"cert-not-yet-valid":         {leaf(func(c *evidence.Certificate) { c.NotBefore = scanned.Add(1) }), Warn, Fail},
	"cert-expiring":              {leaf(func(c *evidence.Certificate) { c.NotAfter = scanned.Add(13 * day) }), Warn, Warn},
	"cert-untrusted":             {untrusted(evidence.SelfSignedLeaf), Warn, Fail},
	"cert-hostname":              {leaf(func(c *evidence.Certificate) { c.Names.DNS = []string{"www.example.org"} }), Warn, Fail},
	"cert-weak-key":              {leaf(func(c *evidence.Certificate) { c.PublicKey.Bits = 1024 }), Warn, Fail},
	"md5-signature":              {signature(tlswire.RSAPKCS1MD5), Warn, Fail},
	"sigalg-ignored":             {func(_ testing.TB, e *evidence.Endpoint) { e.Facts.HeedsSchemes.Value = false }, Warn, Warn},
	"rsa-pkcs1-only": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Signatures.Value[tlswire.TLS12] = []tlswire.SignatureScheme{tlswire.RSAPKCS1SHA256}
	}, Pass, Pass},
	"chain-incomplete":       {untrusted(evidence.IncompleteChain), Warn, Fail},
	"chain-order":            {chain("leaf", "root", "ca"), Pass, Warn},
	"chain-extra":            {chain("leaf", "ca", "root"), Pass, Pass},
	"chain-expired-extra":    {chain("leaf", "ca", "old"), Warn, Warn},
	"cert-eku":               {leaf(func(c *evidence.Certificate) { c.ExtKeyUsage = []string{"clientAuth"} }), Warn, Fail},
	"cert-ku":                {leaf(func(c *evidence.Certificate) { c.KeyUsage = []string{"keyEncipherment"} }), Warn, Warn},
	"cert-wildcard":          {leaf(func(c *evidence.Certificate) { c.Names.DNS = []string{"*.example.org"} }), Pass, Pass},
	"sni-required":           {otherDefault, Warn, Warn},
	"cert-validity-too-long": {leaf(func(c *evidence.Certificate) { c.NotAfter = c.NotBefore.Add(200 * day) }), Pass, Warn}, // and a second
	"roca":                   {leaf(func(c *evidence.Certificate) { c.PublicKey.ROCA = true }), Fail, Fail},
	"fermat":                 {leaf(func(c *evidence.Certificate) { c.PublicKey.CloseFactors = true }), Fail, Fail},
	"rsa-exponent":           {leaf(func(c *evidence.Certificate) { c.PublicKey.Exponent = "1" }), Fail, Fail},
	"debian-weak-key": {leaf(func(c *evidence.Certificate) {
		c.PublicKey.Debian = &evidence.DebianKey{Arch: "le32", Seed: "rnd", PID: 1}
	}), Fail, Fail},
	"shared-key-known":      {leaf(func(c *evidence.Certificate) { c.PublicKey.SHA256 = aPublishedKey }), Fail, Fail},
	"cert-no-sct":           {leaf(func(c *evidence.Certificate) { c.SCTs = 0 }), Pass, Pass},
	"ocsp-must-staple":      {leaf(func(c *evidence.Certificate) { c.MustStaple = true }), Pass, Warn},
	"ocsp-stapling-missing": {leaf(func(c *evidence.Certificate) { c.OCSP = []string{"http://ocsp.example"} }), Pass, Pass},
	"ocsp-staple-invalid":   {stapled(evidence.OCSPResponse{Status: evidence.NotRevoked, Problems: []evidence.OCSPProblem{evidence.OCSPExpired}}), Pass, Warn},
	"cert-revoked":          {stapled(evidence.OCSPResponse{Status: evidence.Revoked, RevokedAt: scanned.Add(-day)}), Warn, Fail},
	"cert-lint": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Lint.Value = []evidence.Lint{{Certificate: "leaf", Name: "e_ext_san_missing", Level: "error", Citation: "RFC 5280: 4.2.1.6"}}
	}, Pass, Warn},
	"sha1-cert":             {leaf(func(c *evidence.Certificate) { c.Signature.Hash = "SHA-1" }), Warn, Fail},
	"md5-cert":              {leaf(func(c *evidence.Certificate) { c.Signature.Hash = "MD5" }), Fail, Fail},
	"plaintext-auth":        {before("AUTH", "PLAIN"), Warn, Fail},
	"cram-md5-before-tls":   {before("AUTH", "CRAM-MD5"), Pass, Warn},
	"auth-on-25":            {inside("AUTH", "SCRAM-SHA-256"), Pass, NotApplicable},
	"starttls-again":        {inside("STARTTLS"), Pass, Pass},
	"starttls-capabilities": {before("CHUNKING"), Pass, Pass},
	"imap-compress":         {inside("COMPRESS=DEFLATE"), Pass, Pass},
	"requiretls":            {inside("REQUIRETLS"), Pass, NotApplicable},
	"banner-version": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Greeting.Value = "220 mx.example.org ESMTP Exim 4.96"
	}, Pass, Pass},
	"implicit-tls-missing": {nothing, Pass, Warn}, // see circumstances
	"cleartext-port-open":  {nothing, Pass, Pass},
	"port-inconsistency":   {neglected, Pass, Pass},
	"cert-single-type": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Certificates.Value = e.Facts.Certificates.Value[:1]
	}, Pass, Pass},
	"heartbleed":          {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.Heartbleed }), Fail, Fail},
	"starttls-injection":  {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.STARTTLSInjection }), Warn, Fail},
	"starttls-state-kept": {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.StateKept }), Warn, Warn},
	"drown": {func(t testing.TB, e *evidence.Endpoint) {
		version(tlswire.SSLv2)(t, e)
		e.Facts.SpecialDROWN.Value = evidence.Weakness{Found: true, Shown: []string{"takes bytes of the key in the clear"}}
	}, Fail, Fail},
	"zero-rtt":        {ticket(evidence.Ticket{Version: tlswire.TLS13, Lifetime: 7200, MaxEarlyData: 16384}), Warn, Warn},
	"ticket-lifetime": {ticket(evidence.Ticket{Version: tlswire.TLS12, Lifetime: 172800}), Pass, Pass},
	"alpaca": {func(t testing.TB, e *evidence.Endpoint) {
		e.Facts.ForeignProtocol.Value = evidence.Weakness{Found: true, Kinds: []string{"protocol", "name"}}
		leaf(func(c *evidence.Certificate) {
			c.Names.DNS = []string{"mx.example.org", "mx2.example.net", "www.example.org"}
		})(t, e)
	}, Pass, Pass},
	"opossum": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.ForeignProtocol.Value = evidence.Weakness{Found: true, Kinds: []string{"protocol", "name"}}
	}, Pass, Pass}, // see circumstances
	"raccoon":  {func(_ testing.TB, e *evidence.Endpoint) { e.Facts.KeyReuse.Value.DH = true }, Pass, Pass},
	"winshock": {oldWindows, Pass, Pass},
	"ccs":      {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.CCSInjection }), Fail, Fail},
	"robot":    {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.ROBOT }), Fail, Fail},
	"heartbeat-enabled": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Extensions.Value[tlswire.TLS12] = []tlswire.ExtensionType{tlswire.ExtensionHeartbeat}
	}, Pass, Pass},
	"ticketbleed":            {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.Ticketbleed }), Fail, Fail},
	"weak-stek":              {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.WeakTickets }), Warn, Fail},
	"bad-gcm-nonce":          {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.RepeatedNonces }), Fail, Fail},
	"psk-ke":                 {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.PSKWithoutDHE }), Pass, Pass},
	"padding-oracle":         {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.PaddingOracle }), Warn, Fail},
	"insecure-renegotiation": {attacked(func(f *evidence.Facts) *evidence.Fact[evidence.Weakness] { return &f.InsecureRenegotiation }), Warn, Fail},
	"client-renegotiation": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.ClientRenegotiation.Value = evidence.Weakness{Found: true, Count: manyRenegotiations}
	}, Pass, Pass},
	"no-secure-renegotiation": {func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.Extensions.Value[tlswire.TLS12] = []tlswire.ExtensionType{tlswire.ExtensionHeartbeat}
	}, Pass, Pass},
	"cert-reused-key": {leaf(func(c *evidence.Certificate) { c.PublicKey.SHA256 = "key of mx2" }), Pass, Pass},
}

// oldWindows makes the server accept what Windows accepted before November 2014.
func oldWindows(_ testing.TB, e *evidence.Endpoint) {
	e.Facts.Versions.Value = []tlswire.Version{tlswire.TLS10, tlswire.TLS12}
	e.Facts.Suites.Value = evidence.PerVersion[tlswire.Suite]{tlswire.TLS12: windowsSuites()[:11]}
	e.Facts.GroupsTLS12.Value = []tlswire.Group{tlswire.Secp256r1, tlswire.Secp384r1}
}

// ticket makes the server give out another ticket.
func ticket(t evidence.Ticket) func(testing.TB, *evidence.Endpoint) {
	return func(_ testing.TB, e *evidence.Endpoint) {
		e.Facts.SessionTicket.Value = append(e.Facts.SessionTicket.Value, t)
	}
}

// attacked lets an attack work.
func attacked(fact func(*evidence.Facts) *evidence.Fact[evidence.Weakness]) func(testing.TB, *evidence.Endpoint) {
	return func(_ testing.TB, e *evidence.Endpoint) { fact(&e.Facts).Value = evidence.Weakness{Found: true} }
}

// TestAll walks the table: every check is described, passes a healthy server, tells the sick one, and does not decide
// without evidence.
func TestAll(t *testing.T) {
	idForm := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := make(map[string]bool)
	p := mailPolicy(t)
	for _, c := range All() {
		t.Run(c.ID, func(t *testing.T) {
			if !idForm.MatchString(c.ID) || seen[c.ID] {
				t.Errorf("id %q is malformed or taken", c.ID)
			}
			seen[c.ID] = true
			if c.Title == "" || c.Text == "" || len(c.Refs) == 0 || len(c.Needs) == 0 || c.Eval == nil {
				t.Error("title, text, references, needs or Eval are missing")
			}
			for _, id := range c.Cause {
				if _, ok := ByID(id); !ok {
					t.Errorf("its cause %q is no check", id)
				}
			}
			passesHealthy(t, c, p)
			tellsSick(t, c, p)
			undecidedWithoutEvidence(t, c, p)
		})
	}
	for id := range sick {
		if !seen[id] {
			t.Errorf("there is no check %q", id)
		}
	}
}

func passesHealthy(t *testing.T, c Check, p *policy.Policy) {
	for role, level := range map[policy.Role]Level{policy.Relay: sick[c.ID].relay, policy.Access: sick[c.ID].access} {
		f := c.Run(well(t, c.ID, role), p)
		if c.ID == "fallback-scsv" && f.Level == NotApplicable { // nothing to fall back to
			continue
		}
		want := Pass
		if level == NotApplicable {
			want = level
		}
		if f.Level != want || f.Note || f.Check != c.ID || f.Message == "" || f.Cap != "" {
			t.Errorf("healthy on %s: %+v", role, f)
		}
	}
}

func tellsSick(t *testing.T, c Check, p *policy.Policy) {
	want, ok := sick[c.ID]
	if !ok || want.harm == nil {
		t.Fatal("no evidence that it fails")
	}
	for role, level := range map[policy.Role]Level{policy.Relay: want.relay, policy.Access: want.access} {
		f := c.Run(ill(t, c.ID, role), p)
		if f.Level != level {
			t.Errorf("sick on %s: %s, want %s: %s", role, f.Level, level, f.Message)
		}
		if level == NotApplicable {
			continue
		}
		if f.Note != (level == Pass) {
			t.Errorf("sick on %s: note is %v", role, f.Note)
		}
		if f.Clause == "" {
			t.Errorf("sick on %s: the policy has no rule", role)
		}
		if len(f.From) == 0 {
			t.Errorf("sick on %s: no observation named", role)
		}
	}
}

func undecidedWithoutEvidence(t *testing.T, c Check, p *policy.Policy) {
	s := well(t, c.ID, NewSubject(visited(t, c.ID)).Role)
	e := s.Endpoint
	e.Facts = evidence.Facts{}
	if f := c.Run(s, p); f.Level != Undecided || f.Message == "" {
		t.Errorf("nothing sought: %+v", f)
	}
	setAll(&e.Facts, evidence.Unknown, "the server hung up")
	if f := c.Run(s, p); f.Level != Undecided || f.Message != "the server hung up" {
		t.Errorf("nothing known: %+v", f)
	}
	setAll(&e.Facts, evidence.Inapplicable, "no TLS here")
	if f := c.Run(s, p); f.Level != NotApplicable || f.Message != "no TLS here" {
		t.Errorf("nothing applies: %+v", f)
	}
}

func setAll(f *evidence.Facts, state evidence.State, why string) {
	set(&f.Reachable, state, why)
	set(&f.Greeting, state, why)
	set(&f.Capabilities, state, why)
	set(&f.CapabilitiesTLS, state, why)
	set(&f.STARTTLS, state, why)
	set(&f.MailBeforeTLS, state, why)
	set(&f.AuthBeforeTLS, state, why)
	set(&f.Versions, state, why)
	set(&f.Suites, state, why)
	set(&f.Signatures, state, why)
	set(&f.DHParams, state, why)
	set(&f.Compression, state, why)
	set(&f.Certificates, state, why)
	set(&f.Preference, state, why)
	set(&f.KeyReuse, state, why)
	set(&f.GroupsTLS12, state, why)
	set(&f.GroupsTLS13, state, why)
	set(&f.Extensions, state, why)
	set(&f.DowngradeSentinel, state, why)
	set(&f.FallbackSCSV, state, why)
	set(&f.Intolerances, state, why)
	set(&f.HeedsSchemes, state, why)
	set(&f.SessionTicket, state, why)
	for _, w := range f.Weaknesses() {
		set(w, state, why)
	}
	set(&f.Revocation, state, why)
	set(&f.Lint, state, why)
}

func set[T any](f *evidence.Fact[T], state evidence.State, why string) {
	*f = evidence.Fact[T]{State: state, Why: why}
}

// TestPolicyAndChecksAgree compares, for each suite in each version, the worst that the checks say with what the
// policy's table says.
func TestPolicyAndChecksAgree(t *testing.T) {
	p := mailPolicy(t)
	for _, info := range tlswire.Suites() {
		e := healthy(t)
		e.Facts.Suites.Value[tlswire.TLS12] = append(e.Facts.Suites.Value[tlswire.TLS12], info.ID)
		for _, role := range []policy.Role{policy.Relay, policy.Access} {
			s := NewSubject(e)
			s.Role = role
			worst := Pass
			for _, c := range slices.Concat(suiteChecks(), rareSuiteChecks()) {
				worst = max(worst, c.Run(s, p).Level)
			}
			if want := LevelOf(p.Suite(info, role).Severity); worst != want {
				t.Errorf("%s on %s: checks say %s, the policy %s", info.Name, role, worst, want)
			}
		}
	}
}

func TestEvalSeesOnlyWhatItDeclared(t *testing.T) {
	c := Check{
		ID:    "spy",
		Needs: []evidence.Need{{Key: evidence.KeyVersions}},
		Eval: func(s *Subject, _ *policy.Policy) Finding {
			f := s.Endpoint.Facts
			if f.Suites.State != evidence.NotSought || f.Certificates.State != evidence.NotSought ||
				s.Endpoint.Blobs.Certificates != nil || s.Endpoint.Observations != nil {
				return Finding{Level: Fail, Message: "more than the versions"}
			}
			return good(strings.Join(texts(f.Versions.Value), " "))
		},
	}
	e := healthy(t)
	e.Observations = []evidence.Observation{{ID: "x"}}
	if f := c.Run(NewSubject(e), mailPolicy(t)); f.Level != Pass || f.Message != "TLS 1.2 TLS 1.3" {
		t.Errorf("got %+v", f)
	}
}
