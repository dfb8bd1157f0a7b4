package lab

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// mailServers returns servers that throttle their clients, or whose STARTTLS is
// missing, masked or broken.
func mailServers() []Server {
	return slices.Concat(throttlingServers(), startTLSServers(), insistingServers(), trustingServers(), loginServers(), capabilityServers())
}

// tooMany is how Postfix turns away a client that it counted too often.
const tooMany = "421 4.7.0 mail.lab.test Error: too many connections from client.lab.test"

// throttlingServers returns servers that limit connections. RC4 is the first
// suite of each: it has been seen by the time the throttle closes.
func throttlingServers() []Server {
	throttled := func(name, title string, t Throttle) Server {
		return with(name, title, func(s *Server) {
			s.only12("ECDHE-RSA-RC4-SHA", "RC4-SHA", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-AES128-GCM-SHA256",
				"ECDHE-RSA-AES256-SHA", "ECDHE-RSA-AES128-SHA", "AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-SHA", "AES128-SHA")
			s.shows(Certificate{Key: RSA2048})
			s.Throttle = t
			s.want("fail", "rc4")
			s.want("undecided", "sweet32", "export", "null")
		})
	}
	imap := throttled("throttle-imap", "IMAP that says BYE after three connections",
		Throttle{After: 3, Reply: "* BYE Maximum number of connections exceeded"})
	imap.Protocol = starttls.IMAP
	imaps := throttled("throttle-imaps", "implicit TLS that closes after five connections", Throttle{After: 5})
	imaps.Protocol = starttls.IMAPS
	return []Server{
		throttled("throttle-421", "421 from the fifth connection on", Throttle{After: 4, Reply: tooMany}),
		throttled("throttle-421-minute", "421 after eight connections a minute", Throttle{After: 8, Every: time.Minute, Reply: tooMany}),
		throttled("throttle-421-second", "421 after four connections a second", Throttle{After: 4, Every: time.Second, Reply: tooMany}),
		throttled("throttle-close", "closes without a word from the fifth connection on", Throttle{After: 4}),
		throttled("throttle-reset", "resets from the fifth connection on", Throttle{After: 4, Reset: true}),
		throttled("throttle-at-once", "two connections at a time", Throttle{AtOnce: 2, Reply: "421 4.7.0 mail.lab.test Error: too many concurrent connections"}),
		throttled("throttle-450", "450 from the fifth connection on", Throttle{After: 4, Reply: "450 4.7.1 try again later"}),
		throttled("throttle-554", "554 from the fifth connection on, as blocklists do", Throttle{After: 4, Reply: "554 5.7.1 Service unavailable; client blocked"}),
		imap, imaps,
		with("slow-greeting", "half a second before the greeting", func(s *Server) { s.Throttle.Delay = time.Second / 2 }),
		with("postscreen", "the rest of the greeting half a second late; who speaks meanwhile is turned away", func(s *Server) {
			s.Quirks.Mail.Teaser = time.Second / 2
		}),
		with("closes-at-once", "closes every connection right after accepting it", func(s *Server) {
			s.Quirks.Fault = Fault{AtConnect, Close}
			s.want("undecided", "starttls-missing", "protocol-no-tls12")
		}),
	}
}

// startTLSServers returns servers that never get to TLS, or not honestly.
func startTLSServers() []Server {
	refusing := func(name, title, reply string) Server {
		return with(name, title, func(s *Server) {
			s.Quirks.Mail.Reply = reply
			s.want("fail", "starttls-broken")
		})
	}
	masked := with("starttls-masked", "STARTTLS overwritten by a middlebox", func(s *Server) {
		s.Quirks.Mail.StartTLS = "XXXXXXXA"
		s.want("fail", "starttls-stripped")
		s.want("notapplicable", "starttls-missing", "starttls-broken", "rc4")
	})
	imap := refusing("starttls-no-imap", "IMAP that offers STARTTLS and says NO", "NO TLS is not available")
	imap.Protocol = starttls.IMAP
	pop3 := refusing("starttls-err-pop3", "POP3 that offers STLS and says -ERR", "-ERR TLS is not available")
	pop3.Protocol = starttls.POP3
	return []Server{
		refusing("starttls-454", "STARTTLS offered, and refused for now with 454", "454 4.7.0 TLS not available due to local problem"),
		refusing("starttls-554", "STARTTLS offered, and refused with 554", "554 5.7.3 Unable to initialize security subsystem"),
		refusing("starttls-502", "STARTTLS offered, but not implemented", "502 5.5.1 Command not implemented"),
		imap, pop3, masked,
		with("starttls-absent", "no STARTTLS", func(s *Server) {
			s.Versions, s.Suites, s.Certificates = nil, nil, nil
			s.want("fail", "starttls-missing")
			s.want("notapplicable", "starttls-stripped", "starttls-broken", "rc4")
		}),
		with("starttls-garbage", "STARTTLS accepted, then no TLS", func(s *Server) {
			s.Quirks.Instead = []byte("500 5.5.2 what is this?\r\n")
			s.want("fail", "starttls-broken")
		}),
		with("starttls-alert", "STARTTLS accepted, then an alert to every hello: no certificate is configured", func(s *Server) {
			s.Quirks.Alert = &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertHandshakeFailure}
			s.want("fail", "starttls-broken", "protocol-no-tls12")
			s.want("notapplicable", "sha1-signature", "no-pfs", "null", "crime", "cert-untrusted")
		}),
	}
}
