package probe

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// whose order decides in a model server.
type orderKind uint8

const (
	clientDecides orderKind = iota
	serverDecides
	chachaDecides // the server's order, ChaCha20 first for a client that puts it first (OpenSSL's PRIORITIZE_CHACHA)
	hardwareOrder // two orders: with ChaCha20 first, unless the first suite known to the server is one with GCM (Go)
)

// schemeLack is what a model server does when it has no signature scheme in common with the client in TLS 1.2.
type schemeLack uint8

const (
	skipsSuite   schemeLack = iota // goes on to suites that need no signature
	alertsScheme                   // picks the suite nevertheless, and then fails
	signsAnyway                    // signs with the first of its own
)

// model is a TLS server that answers offers by reading them, without a network. Its fields are the truth that a scan has
// to find.
type model struct {
	suites map[tlswire.Version][]tlswire.Suite // in the server's order; a key for each version spoken, SSLv2 apart
	v2     []tlswire.Suite                     // SSLv2 kinds; nil: not spoken
	order  orderKind

	groups12, groups13   []tlswire.Group
	order12, order13     orderKind // clientDecides or serverDecides
	namesGroups          bool      // lists groups13 in its encrypted extensions
	namesUnlessFirst     bool      // does so only if its favourite was not chosen (OpenSSL)
	sharesFirst          bool      // takes a key share that it can use rather than ask for its favourite
	rsa, ecdsa           bool
	curve                tlswire.Group // of the ECDSA key
	schemes12, schemes13 []tlswire.SignatureScheme
	orderSchemes         orderKind
	lack                 schemeLack
	dh                   tlswire.ServerDHParams
	reusesDH, reusesEC   bool
	compression          tlswire.CompressionMethod
	first64              bool // reads no suites beyond the first 64
	hangsUp              bool // refuses by closing
	resets               bool // refuses by resetting
	mutters              bool // refuses versions by handshake_failure rather than protocol_version
	fallback             bool // honours the signalling value of RFC 7507
	fails                []evidence.Intolerance
	failure              evidence.EndKind // how it fails on hellos it does not tolerate
	keys                 uint64           // ephemeral keys made so far
	missed               []evidence.Offer // hellos it did not tolerate
}

// answer observes what comes of offer o.
func (m *model) answer(o evidence.Offer, rng *rand.Rand) ([]evidence.Message, evidence.End) {
	if o.Version == tlswire.SSLv2 {
		return m.answerV2()
	}
	if !m.stands(o) {
		m.missed = append(m.missed, o)
		if m.failure == evidence.EndAlert {
			return nil, alertEnd(tlswire.AlertDecodeError)
		}
		return nil, evidence.End{Kind: m.failure}
	}
	v := m.version(o)
	if v == 0 {
		return nil, m.refuse(map[bool]tlswire.AlertDescription{false: tlswire.AlertProtocolVersion, true: tlswire.AlertHandshakeFailure}[m.mutters])
	}
	if o.Has(evidence.FallbackSCSV) && m.fallback && v < m.newest() {
		return nil, alertEnd(tlswire.AlertInappropriateFallback)
	}
	if v == tlswire.TLS13 {
		return m.answer13(o, rng)
	}
	return m.answerOld(o, v, rng)
}

func alertEnd(d tlswire.AlertDescription) evidence.End {
	return evidence.End{Kind: evidence.EndAlert, Alert: &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: d}}
}

func (m *model) refuse(d tlswire.AlertDescription) evidence.End {
	switch {
	case m.hangsUp:
		return evidence.End{Kind: evidence.EndClosed}
	case m.resets:
		return evidence.End{Kind: evidence.EndReset}
	}
	return alertEnd(d)
}

func (m *model) newest() (newest tlswire.Version) {
	for v := range m.suites {
		newest = max(newest, v)
	}
	return newest
}

func (m *model) version(o evidence.Offer) (best tlswire.Version) {
	for v := range m.suites {
		if v == o.Version || v < o.Version && o.Version != tlswire.TLS13 {
			best = max(best, v)
		}
	}
	return best
}

// stands reports whether the server can read such a hello.
func (m *model) stands(o evidence.Offer) bool {
	v := &view{target: modelTarget}
	if m.fails == nil || o.Version == tlswire.SSLv3 {
		return true
	}
	size := v.helloSize(o)
	for _, f := range m.fails {
		bad := false
		switch f {
		case evidence.IntoleratesVersion:
			bad = o.Has(evidence.HigherVersion)
		case evidence.IntoleratesExtensions:
			bad = o.Has(evidence.WithGREASE)
		case evidence.IntoleratesSize256:
			bad = size >= 256 && size <= 511
		case evidence.IntoleratesSize512:
			bad = size > 512
		case evidence.IntoleratesSize1500:
			bad = size > 1500
		case evidence.IntoleratesSize4096:
			bad = size > 4096
		case evidence.IntoleratesFragments:
			bad = o.Has(evidence.Fragmented)
		}
		if bad {
			return false
		}
	}
	return true
}

// readSuites are the suites of the hello that the server takes notice of.
func (m *model) readSuites(o evidence.Offer) []tlswire.Suite {
	list := helloSuites(o)
	if m.first64 {
		list = list[:min(len(list), 64)]
	}
	return list
}

// candidates are the suites in common for version v, best first.
func (m *model) candidates(o evidence.Offer, v tlswire.Version) []tlswire.Suite {
	read, own := m.readSuites(o), m.suites[v]
	first, second := own, read
	if m.order == clientDecides {
		first, second = read, own
	}
	list := slices.DeleteFunc(slices.Clone(first), func(s tlswire.Suite) bool { return !slices.Contains(second, s) })
	front := func(favoured func(tlswire.Suite) bool) {
		slices.SortStableFunc(list, func(a, b tlswire.Suite) int { return index(favoured(b)) - index(favoured(a)) })
	}
	switch m.order {
	case chachaDecides:
		known := slices.IndexFunc(read, func(s tlswire.Suite) bool { _, ok := s.Info(); return ok }) // OpenSSL drops the others first
		if known >= 0 && isChaCha(read[known]) {
			front(isChaCha)
		}
	case hardwareOrder:
		if i := slices.IndexFunc(read, func(s tlswire.Suite) bool { return slices.Contains(own, s) }); i >= 0 && !isGCM(read[i]) {
			front(isChaCha)
		}
	}
	return list
}

func index(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func isGCM(s tlswire.Suite) bool {
	info, _ := s.Info()
	return info.Cipher == "AES" && info.Mode == tlswire.ModeGCM
}

// pick chooses from offered by the order that decides.
func pick[T comparable](order orderKind, own, offered []T) (T, bool) {
	if order == clientDecides {
		return firstIn(offered, own)
	}
	return firstIn(own, offered)
}

func (m *model) answerOld(o evidence.Offer, v tlswire.Version, rng *rand.Rand) ([]evidence.Message, evidence.End) {
	groups := offeredGroups(o)
	if o.Version == tlswire.SSLv3 { // no extensions: the server uses its favourite
		groups = m.groups12[:min(1, len(m.groups12))]
	}
	for _, s := range m.candidates(o, v) {
		info, _ := s.Info()
		k, ok := m.keyExchange(info, v, o, groups)
		if !ok {
			continue
		}
		if k != nil && v == tlswire.TLS12 && k.Signature != nil && k.Scheme == 0 {
			return nil, m.refuse(tlswire.AlertHandshakeFailure)
		}
		return m.flightOld(s, info, v, k, rng), evidence.End{Kind: evidence.EndDone}
	}
	return nil, m.refuse(tlswire.AlertHandshakeFailure)
}

// keyExchange makes the server's part for one suite, nil if it has none to send. It returns false if it cannot use the suite.
func (m *model) keyExchange(info tlswire.SuiteInfo, v tlswire.Version, o evidence.Offer, groups []tlswire.Group) (*tlswire.ServerKeyExchange, bool) {
	if info.Auth == tlswire.AuthECDSA && o.Version != tlswire.SSLv3 && !slices.Contains(groups, m.curve) {
		return nil, false
	}
	k := &tlswire.ServerKeyExchange{}
	switch info.KeyExchange {
	case tlswire.KeyExchangeECDHE:
		g, ok := pick(m.order12, m.groups12, groups)
		if !ok {
			return nil, false
		}
		k.EC = &tlswire.ServerECParams{CurveType: tlswire.CurveNamed, Group: g, Point: m.key(m.reusesEC, byte(g))}
	case tlswire.KeyExchangeDHE:
		dh := m.dh
		dh.Y = m.key(m.reusesDH, 0xFF)
		k.DH = &dh
	default:
		return nil, true
	}
	if info.Anonymous {
		return k, true
	}
	k.Signature = make([]byte, 16)
	if v != tlswire.TLS12 {
		return k, true
	}
	own := slices.DeleteFunc(slices.Clone(m.schemes12), func(s tlswire.SignatureScheme) bool { return !signsFor(s, info.Auth) })
	scheme, ok := pick(m.orderSchemes, own, offeredSchemes(o))
	if !ok && m.lack == signsAnyway && len(own) > 0 {
		scheme = own[0]
	}
	k.Scheme = scheme
	return k, ok || m.lack != skipsSuite
}

// signsFor reports whether a scheme goes with the key that a suite of TLS 1.2 authenticates with.
func signsFor(s tlswire.SignatureScheme, a tlswire.Auth) bool {
	info, _ := s.Info()
	return info.TLS12 && (info.Key == string(a) || info.Key == "DSA" && a == tlswire.AuthDSS)
}

func (m *model) key(reused bool, salt byte) []byte {
	m.keys++
	n := m.keys
	if reused {
		n = 0
	}
	return binary.BigEndian.AppendUint64([]byte{4, salt}, n)
}

func (m *model) flightOld(s tlswire.Suite, info tlswire.SuiteInfo, v tlswire.Version, k *tlswire.ServerKeyExchange, rng *rand.Rand) []evidence.Message {
	hello := tlswire.ServerHello{Version: v, Random: modelRandom(rng), Suite: s, Compression: m.compression}
	if v > tlswire.SSLv3 {
		hello.Extensions = []tlswire.Extension{tlswire.RenegotiationInfo(nil)}
	}
	if newest := m.newest(); newest == tlswire.TLS13 {
		copy(hello.Random[24:], map[bool]string{true: tlswire.DowngradeTLS12, false: tlswire.DowngradeTLS11}[v == tlswire.TLS12])
	}
	list := []evidence.Message{{Type: tlswire.TypeServerHello, Body: must(hello.Marshal())}}
	switch info.Auth {
	case tlswire.AuthRSA:
		list = append(list, evidence.Message{Type: tlswire.TypeCertificate, Certificates: []string{"rsa"}})
	case tlswire.AuthECDSA:
		list = append(list, evidence.Message{Type: tlswire.TypeCertificate, Certificates: []string{"ecdsa"}})
	}
	if k != nil {
		list = append(list, evidence.Message{Type: tlswire.TypeServerKeyExchange, Body: must(k.Marshal())})
	}
	return append(list, evidence.Message{Type: tlswire.TypeServerHelloDone})
}

func modelRandom(rng *rand.Rand) (r [32]byte) {
	for i := range r {
		r[i] = byte(rng.Uint32())
	}
	return r
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func (m *model) answerV2() ([]evidence.Message, evidence.End) {
	if m.v2 == nil {
		return nil, evidence.End{Kind: evidence.EndClosed}
	}
	h := tlswire.ServerHelloV2{CertificateType: 1, Version: tlswire.SSLv2, Ciphers: m.v2, ConnectionID: make([]byte, 16)}
	return []evidence.Message{{Type: tlswire.TypeServerHello, Body: must(h.Marshal()), Certificates: []string{"rsa"}}},
		evidence.End{Kind: evidence.EndDone}
}

// modelTarget is what all model servers are reached at.
var modelTarget = evidence.Target{Input: "submissions://mail.example.org", Protocol: "submissions", Host: "mail.example.org",
	ServerName: "mail.example.org", Address: "192.0.2.1", Port: 465}

const modelLatency = 50 * time.Millisecond
