package lab

import "github.com/mailtls/mailtls/tlswire"

// drownServers speak SSLv2 with suites of long keys alone: whether that helps attackers shows only in what they make of a key.
func drownServers() []Server {
	row := func(name, title, want string, way MasterKeyV2, kinds ...tlswire.Suite) Server {
		return with("drown-"+name, title, func(s *Server) {
			s.Versions = append(s.Versions, tlswire.SSLv2)
			s.Suites[tlswire.SSLv2] = kinds
			s.Quirks.MasterKeyV2 = way
			s.want("fail", "protocol-sslv2")
			s.want(want, "drown")
		})
	}
	const rc4, tripleDES, rc2 = tlswire.Suite(0x010080), tlswire.Suite(0x0700C0), tlswire.Suite(0x030080)
	return []Server{
		row("special", "lets bytes in the clear replace those of a key, as OpenSSL up to 1.0.2 (CVE-2016-0703)", "fail", KeyDisplaced, rc4, tripleDES),
		row("special-3des", "the same with 3DES alone", "fail", KeyDisplaced, tripleDES),
		row("unlisted", "takes suites of SSLv2 that it does not list, as OpenSSL up to 1.0.2e (CVE-2015-3197)", "fail", KeyUnlisted, rc4),
		row("unlisted-all", "lists no suite of SSLv2, and takes some", "fail", KeyUnlisted),
		row("strict", "closes at bytes in the clear and at suites that it did not list", "pass", KeyStrict, rc4, tripleDES),
		row("strict-none", "lists no suite of SSLv2, and takes none", "pass", KeyStrict),
		row("error", "says ERROR to the same", "pass", KeyError, rc4),
		row("ignores", "passes over bytes in the clear", "pass", KeyIgnores, tripleDES),
		row("rc2", "speaks SSLv2 with RC2 alone, and takes nothing else", "pass", KeyStrict, rc2),
		row("echo", "sends keys of SSLv2 back", "undecided", KeyEcho, rc4),
		row("silent", "says nothing to a key of SSLv2", "undecided", KeySilent, rc4),
		row("random", "goes on under keys that nobody has", "undecided", KeyRandom, rc4),
	}
}
