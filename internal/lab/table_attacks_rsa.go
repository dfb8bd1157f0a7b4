package lab

import (
	"github.com/mailtls/mailtls/internal/tlspeer/legacy"
	"github.com/mailtls/mailtls/tlswire"
)

// rsaAttackServers returns servers that are open to CCS injection or ROBOT, and some that look like it and withstand.
func rsaAttackServers() []Server {
	return append(ccsServers(), robotServers()...)
}

func ccsServers() []Server {
	row := func(name, title string, way EarlyCCS, want string) Server {
		return with("ccs-"+name, title, func(s *Server) {
			s.Quirks.EarlyCCS = way
			s.want(want, "ccs")
		})
	}
	early := legacy.CCSFaults{Early: legacy.Reaction{Do: legacy.DoAccept}}
	return []Server{
		with("ccs-old", "takes an early ChangeCipherSpec and fails in the end, as OpenSSL up to 1.0.0", func(s *Server) {
			s.Quirks.Attack.CCS = early
			s.want("fail", "ccs")
		}),
		with("ccs-exploitable", "finishes handshakes under keys of an empty master secret, as OpenSSL 1.0.1 up to 1.0.1g", func(s *Server) {
			s.Quirks.Attack.CCS = early
			s.Quirks.Attack.CCS.Exploitable = true
			s.want("fail", "ccs")
		}),
		row("accepted", "takes an early ChangeCipherSpec, as OpenSSL before 1.0.1h", EarlyCCSAccepted, "fail"),
		row("accepted-mute", "takes an early ChangeCipherSpec, and hangs up at what it cannot decrypt", EarlyCCSAcceptedMute, "undecided"),
		row("ignored", "passes over an early ChangeCipherSpec, as F5 did", EarlyCCSIgnored, "pass"),
		row("ignored-mute", "passes over an early ChangeCipherSpec, and hangs up at what is no handshake", EarlyCCSIgnoredMute, "pass"),
		row("blamed", "passes over an early ChangeCipherSpec, and answers anything odd by bad_record_mac", EarlyCCSBlamed, "pass"),
		row("odd-alert", "refuses an early ChangeCipherSpec by bad_record_mac", EarlyCCSOddAlert, "pass"),
		row("refused", "refuses an early ChangeCipherSpec as it should", EarlyCCSRefused, "pass"),
		row("closes", "hangs up at an early ChangeCipherSpec", EarlyCCSCloses, "pass"),
		row("resets", "resets the connection at an early ChangeCipherSpec", EarlyCCSResets, "pass"),
		row("echo", "sends everything back behind its flight", EarlyCCSEcho, "undecided"),
		row("silent", "says nothing behind its flight", EarlyCCSSilent, "undecided"),
	}
}

func robotServers() []Server {
	row := func(name, title, want string, d Decryption) Server {
		return with("robot-"+name, title, func(s *Server) {
			s.add("TLS_RSA_WITH_AES_128_GCM_SHA256")
			s.Quirks.Decryption = d
			if name == "512-bits" {
				s.only12("ECDHE-RSA-AES128-GCM-SHA256", "AES128-GCM-SHA256")
				s.shows(Certificate{Key: RSA512})
				s.Schemes = oldSchemes()
			}
			s.want(want, "robot")
		})
	}
	alert := func(d tlswire.AlertDescription) Retort { return Retort{Alert: d} }
	failure := alert(tlswire.AlertHandshakeFailure)
	all := func(r Retort) map[Padding]Retort {
		return map[Padding]Retort{PaddingStart: r, PaddingEndless: r, PaddingMisplaced: r, PaddingVersion: r}
	}
	but := func(r Retort) map[Padding]Retort { return map[Padding]Retort{PaddingStart: r} }
	return []Server{
		row("strong", "tells by an alert whether a premaster secret begins with 0x0002", "fail", Decryption{Retorts: but(failure)}),
		row("weak", "tells by an alert whether a premaster secret is well-formed", "fail", Decryption{Retorts: all(failure)}),
		row("version", "tells by an alert which version a premaster secret holds", "fail", Decryption{Retorts: map[Padding]Retort{PaddingVersion: failure}}),
		row("close", "hangs up where a premaster secret does not begin with 0x0002", "fail", Decryption{Retorts: but(Retort{Do: Close})}),
		row("reset", "resets the connection where a premaster secret does not begin with 0x0002", "fail", Decryption{Retorts: but(Retort{Do: Reset})}),
		row("silent", "says nothing where a premaster secret does not begin with 0x0002", "fail", Decryption{Retorts: but(Retort{Do: Silence})}),
		row("short", "does not wait for Finished where a premaster secret is not well-formed", "fail",
			Decryption{Retorts: all(Retort{Alert: tlswire.AlertBadRecordMAC, AtOnce: true})}),
		row("short-close", "hangs up at once where a premaster secret does not begin with 0x0002", "fail",
			Decryption{Retorts: but(Retort{Do: Close, AtOnce: true})}),
		row("512-bits", "tells by an alert whether a premaster secret begins with 0x0002, with a key of 512 bits", "fail", Decryption{Retorts: but(failure)}),

		row("none", "treats all premaster secrets alike", "pass", Decryption{Script: true}),
		row("odd-alert", "answers all premaster secrets by internal_error", "pass", Decryption{Usual: alert(tlswire.AlertInternalError)}),
		row("closes", "hangs up at all premaster secrets", "pass", Decryption{Usual: Retort{Do: Close}}),
		row("closes-at-once", "hangs up at all premaster secrets, without waiting for Finished", "pass", Decryption{Usual: Retort{Do: Close, AtOnce: true}}),
		row("random", "answers each premaster secret by a random alert", "pass", Decryption{Random: true}),
		row("limit", "resets each third connection", "pass", Decryption{Every: 3, Limit: Retort{Do: Reset}}),
		row("late", "forgets each fourth connection", "pass", Decryption{Every: 4, Limit: Retort{Do: Silence}}),
		row("never", "says nothing to any premaster secret", "undecided", Decryption{Usual: Retort{Do: Silence}}),
	}
}
