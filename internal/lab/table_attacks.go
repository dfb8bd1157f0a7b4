package lab

import (
	"slices"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// attackServers returns servers that one of the known attacks works on, and some that look like it and withstand.
func attackServers() []Server {
	return slices.Concat(injectionServers(), ticketServers(), foreignServers(), []Server{
		oldWindows(),
		with("heartbleed", "answers heartbeats from its memory, as OpenSSL up to 1.0.1f", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatLeaks
			s.want("fail", "heartbleed")
		}),
		with("heartbeat-lax", "takes the padding of heartbeats for payload, and nothing beyond", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatLax
			s.want("pass", "heartbleed")
		}),
		with("heartbeat-clamps", "takes the padding of heartbeats for payload, and claims cut down to what there is", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatClamps
			s.want("pass", "heartbleed")
		}),
		with("heartbeat-echo", "sends heartbeat requests back as they came", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatEchoes
			s.want("pass", "heartbleed")
		}),
		with("heartbeat-alert", "breaks off at a heartbeat", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatAlerts
			s.want("pass", "heartbleed")
		}),
	})
}

// ticketServers return servers whose tickets allow too much.
func ticketServers() []Server {
	return []Server{
		with("early-data", "takes data before the handshake is done (0-RTT)", func(s *Server) {
			s.Extensions.EarlyData = 16384
			s.want("warn", "zero-rtt")
		}),
		with("long-tickets", "tickets for eight days, in TLS 1.3 alone", func(s *Server) {
			s.only(tlswire.TLS13, tls13())
			s.Extensions.TicketLifetime = 8 * 24 * 60 * 60
			s.want("note", "ticket-lifetime")
			s.want("pass", "zero-rtt")
		}),
		with("no-tickets", "no tickets", func(s *Server) {
			s.Extensions.Tickets = false
			s.want("pass", "zero-rtt")
		}),
	}
}

// foreignServers return servers with a certificate for the web, too, that care in different ways for what a client wants.
func foreignServers() []Server {
	web := func(name, title string, level string, change func(*Server)) Server {
		return with(name, title, func(s *Server) {
			for i := range s.Certificates {
				s.Certificates[i].Names = []string{"mail.lab.test", "www.lab.test"}
			}
			s.Extensions.ALPN = []string{"smtp"}
			change(s)
			s.want(level, "alpaca")
		})
	}
	return []Server{
		web("alpaca", "takes clients that want another protocol and another name", "note", func(*Server) {}),
		web("strict-alpn", "refuses clients that want another protocol", "note", func(s *Server) { s.Quirks.StrictALPN = true }),
		web("strict", "refuses clients that want another protocol or another name", "pass", func(s *Server) {
			s.Quirks.StrictALPN, s.Quirks.StrictName = true, true
		}),
		web("strict-close", "hangs up on clients that want another protocol or another name", "pass", func(s *Server) {
			s.Quirks.StrictALPN, s.Quirks.StrictName, s.Quirks.Refusal = true, true, RefuseClose
		}),
		web("warns-name", "warns clients that want another name, and goes on", "note", func(s *Server) {
			s.Quirks.StrictALPN, s.Quirks.WarnsName = true, true
		}),
	}
}

// oldWindows accepts what Windows Server 2012 R2 did before November 2014.
func oldWindows() Server {
	return with("old-windows", "the suites of Windows before November 2014", func(s *Server) {
		s.Versions = []tlswire.Version{tlswire.TLS12, tlswire.TLS11, tlswire.TLS10}
		list := []tlswire.Suite{0xC028, 0xC027, 0xC014, 0xC013, 0x003D, 0x003C, 0x0035, 0x002F, 0x000A, 0x0005, 0x0004}
		s.Suites = suitesOf(list, tlswire.TLS12, tlswire.TLS11, tlswire.TLS10)
		s.Groups.Classic = []tlswire.Group{tlswire.Secp256r1, tlswire.Secp384r1}
		s.Certificates = []Certificate{{Key: RSA2048}}
		s.Extensions.EncryptThenMAC = false
		s.want("note", "winshock")
	})
}

// injectionServers return servers that take what comes behind STARTTLS into TLS, and some that deal with it otherwise.
func injectionServers() []Server {
	var list []Server
	for _, p := range []starttls.Protocol{starttls.SMTP, starttls.LMTP, starttls.IMAP, starttls.POP3, starttls.Sieve} {
		list = append(list, with("injection-"+string(p), "answers inside TLS what came behind STARTTLS, over "+string(p), func(s *Server) {
			s.Protocol, s.Quirks.Behind = p, BehindKept
			s.want(map[bool]string{true: "warn", false: "fail"}[p == starttls.LMTP], "starttls-injection") // a relay, where no passwords travel
		}))
	}
	withstands := func(name, title string, how Behind) Server {
		return with(name, title, func(s *Server) {
			s.Quirks.Behind = how
			s.want("pass", "starttls-injection")
		})
	}
	return append(list,
		with("injection-tls12", "answers inside TLS 1.2 what came behind STARTTLS, as Postfix up to 2.8.2", func(s *Server) {
			s.only(tlswire.TLS12, s.Suites[tlswire.TLS12])
			s.Quirks.Behind = BehindKept
			s.want("fail", "starttls-injection")
		}),
		withstands("behind-closes", "hangs up if anything comes behind STARTTLS", BehindCloses),
		withstands("behind-refused", "refuses STARTTLS if anything comes behind it, as Exim does", BehindRefused),
		withstands("behind-clear", "answers in the clear what comes behind STARTTLS", BehindClear),
		withstands("behind-tls", "takes what comes behind STARTTLS for TLS", BehindTLS),
		with("behind-hangs", "says nothing inside TLS if anything came behind STARTTLS", func(s *Server) {
			s.Quirks.Behind = BehindHangs
			s.want("undecided", "starttls-injection")
		}),
		with("greets-again", "greets once more inside TLS, without being asked", func(s *Server) {
			s.Quirks.GreetsAgain = true
			s.want("pass", "starttls-injection")
		}),
	)
}
