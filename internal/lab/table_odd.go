package lab

import "github.com/mailtls/mailtls/tlswire"

// only12 limits a server to TLS 1.2 with these suites.
func (s *Server) only12(names ...string) { s.only(tlswire.TLS12, named(names...)) }

// oddServers returns servers that are not weak by their lists, but lack a
// defence, choke on honest hellos, or choose in an unusual way.
func oddServers() []Server {
	return append(append(defenceServers(), tolerantServers()...), choosingServers()...)
}

// defenceServers returns servers that lack one defence each.
func defenceServers() []Server {
	return []Server{
		with("no-renegotiation-info", "no secure renegotiation (RFC 5746)", func(s *Server) {
			s.Extensions.RenegotiationInfo = false
			s.want("fail", "renegotiation")
		}),
		with("no-ems", "no extended master secret (RFC 7627)", func(s *Server) {
			s.Extensions.ExtendedMasterSecret = false
			s.want("warn", "no-extended-master-secret")
		}),
		with("no-etm", "CBC suites without encrypt-then-MAC (RFC 7366)", func(s *Server) {
			s.add("ECDHE-RSA-AES256-SHA")
			s.Extensions.EncryptThenMAC, s.Extensions.Staple = false, false
			s.want("note", "cert-no-sct")
			s.want("note", "lucky13")
		}),
		with("heartbeat", "the heartbeat extension", func(s *Server) {
			s.Extensions.Heartbeat = true
			s.want("note", "heartbeat-enabled")
			s.want("pass", "heartbleed")
		}),
		with("extensions", "answers every extension there is", func(s *Server) {
			s.Extensions.SCT, s.Extensions.MaxFragmentLength, s.Extensions.ServerName = true, true, true
			s.Extensions.ALPN = []string{"smtp", "imap"}
			s.want("pass", "cert-no-sct")
		}),
		with("clock-in-random", "the time in the server random", func(s *Server) {
			s.Quirks.ClockInRandom = true
			s.want("warn", "unix-time-random")
		}),
		with("no-sentinel", "no downgrade sentinel (RFC 8446)", func(s *Server) {
			s.Quirks.NoSentinel = true
			s.want("warn", "downgrade-sentinel-missing")
		}),
		with("scsv-ignored", "ignores TLS_FALLBACK_SCSV (RFC 7507)", func(s *Server) {
			s.Versions = append(s.Versions, tlswire.TLS11)
			s.Suites[tlswire.TLS11] = classic()
			s.Quirks.IgnoreFallbackSCSV = true
			s.want("warn", "fallback-scsv")
		}),
	}
}

// tolerantServers returns servers that cannot stand some honest hellos, and one
// that refuses in the way of Dovecot.
func tolerantServers() []Server {
	return []Server{
		with("reads-64-suites", "looks at the first 64 suites of a hello alone", func(s *Server) {
			s.Quirks.Tolerance.SuitesRead = 64
		}),
		with("hello-256-511", "hangs on hellos of 256 to 511 bytes", func(s *Server) {
			s.Quirks.Tolerance.BadLength = [2]int{256, 511}
			s.Quirks.Refusal = RefuseSilence
		}),
		with("hello-over-1460", "closes on hellos that do not fit one segment, as post-quantum ones", func(s *Server) {
			s.Quirks.Tolerance.MaxLength = 1460
			s.Quirks.Refusal = RefuseClose
			s.want("warn", "grease-intolerance")
		}),
		with("hello-fragments", "resets on hellos split over records", func(s *Server) {
			s.Quirks.Tolerance.Fragments = true
			s.Quirks.Refusal = RefuseReset
			s.want("warn", "grease-intolerance")
		}),
		with("extension-intolerant", "refuses hellos with an extension it does not know", func(s *Server) {
			s.Versions = []tlswire.Version{tlswire.TLS12}
			s.Quirks.Tolerance.UnknownExtensions = true
			s.want("warn", "grease-intolerance")
		}),
		with("any-extension-intolerant", "closes on any extension at all", func(s *Server) {
			s.only(tlswire.TLS10, classic())
			s.Quirks.Tolerance.Extensions = true
			s.Quirks.Refusal = RefuseClose
			s.want("undecided", "grease-intolerance") // a hang-up may be about the versions
		}),
		with("grease-intolerant", "refuses hellos with GREASE values (RFC 8701)", func(s *Server) {
			s.Quirks.Tolerance.GREASE = true
			s.want("warn", "grease-intolerance")
		}),
		with("tls13-intolerant", "closes on hellos that offer TLS 1.3", func(s *Server) {
			s.Versions = []tlswire.Version{tlswire.TLS12}
			s.Quirks.Tolerance.MaxVersion = tlswire.TLS12
			s.Quirks.Refusal = RefuseClose
			s.want("warn", "version-intolerance")
		}),
		with("tls12-intolerant", "closes on hellos that offer TLS 1.2 or newer", func(s *Server) {
			s.only(tlswire.TLS10, classic())
			s.Quirks.Tolerance.MaxVersion = tlswire.TLS11
			s.Quirks.Refusal = RefuseClose
			s.want("warn", "version-intolerance")
		}),
		with("closes-on-refusal", "refuses by a close without an alert, as Dovecot", func(s *Server) {
			s.Quirks.Refusal = RefuseClose
		}),
		with("small-records", "a record of at most 64 bytes for everything up to TLS 1.2", func(s *Server) {
			s.Quirks.Fragment = 64
		}),
		with("record-per-message", "a record of its own for every message", func(s *Server) {
			s.Quirks.OneMessagePerRecord = true
		}),
	}
}

// choosingServers returns servers that differ in whose order decides, and in
// their groups.
func choosingServers() []Server {
	return []Server{
		with("prefers-server", "the server's order of suites and groups", func(s *Server) {}),
		with("prefers-client", "the client's order of suites and groups", func(s *Server) {
			s.Preference, s.Groups.ClientOrder = PreferClient, true
		}),
		with("prefers-chacha", "the server's order, but ChaCha20 first for clients that have it first", func(s *Server) {
			s.Preference = PreferChaCha
		}),
		with("pq-hybrids", "all post-quantum hybrids, in the server's order", func(s *Server) {
			s.Groups.TLS13 = []tlswire.Group{tlswire.SecP384r1MLKEM1024, tlswire.X25519MLKEM768, tlswire.SecP256r1MLKEM768, tlswire.X25519}
			s.want("pass", "no-pqc")
		}),
		with("pq-client-order", "post-quantum hybrids behind x25519, in the client's order", func(s *Server) {
			s.Groups.TLS13 = []tlswire.Group{tlswire.X25519, tlswire.X25519MLKEM768}
			s.Groups.ClientOrder = true
			s.want("pass", "no-pqc")
		}),
		with("pq-draft-only", "no hybrids but the Kyber drafts", func(s *Server) {
			s.Groups.TLS13 = []tlswire.Group{x25519Kyber768Draft00, tlswire.X25519}
			s.want("note", "pq-draft-only", "no-pqc")
		}),
		with("no-pq", "no post-quantum group", func(s *Server) {
			s.Groups.TLS13 = []tlswire.Group{tlswire.X25519, tlswire.Secp256r1}
			s.want("note", "no-pqc")
			s.want("pass", "pq-draft-only")
		}),
		with("weak-curve", "curves below 224 bits", func(s *Server) {
			s.Groups.Classic = []tlswire.Group{tlswire.Secp256r1, tlswire.Secp192r1, sect163k1}
			s.want("fail", "weak-curve")
		}),
		with("deprecated-curve", "a curve over a binary field", func(s *Server) {
			s.Groups.Classic = []tlswire.Group{tlswire.Secp256r1, sect571r1}
			s.want("note", "deprecated-curve")
			s.want("pass", "weak-curve")
		}),
	}
}

// Groups that package tlswire has no constant for.
const (
	sect163k1             tlswire.Group = 0x0001
	sect571r1             tlswire.Group = 0x000e
	x25519Kyber768Draft00 tlswire.Group = 0x6399
)
