package lab

import (
	"slices"
	"time"

	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// Hostile returns the servers that attack or wear out their client. Whatever they
// do, a scan of them must end in time, within its memory, and with honest facts.
// Each call makes new values.
func Hostile() []Server {
	return slices.Concat(silentServers(), talkingServers(), notTLSServers(), alertServers(), forgedServers(),
		forgedHellos13(), forgedCertificates(), forgedExchanges(), floodingServers(), innerServers())
}

// hostile makes a server of TLS 1.0 to 1.2 with one RSA certificate and one
// change: its whole handshake is in the clear, so every byte can be attacked.
func hostile(name, title string, change func(*Server)) Server {
	s := base(name, title)
	s.Versions = []tlswire.Version{tlswire.TLS10, tlswire.TLS11, tlswire.TLS12}
	s.Suites = suitesOf(named("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-SHA", "AES128-SHA"), s.Versions...)
	s.Certificates = []Certificate{{Key: RSA2048}}
	s.Schemes = nil
	change(&s)
	return s
}

// hostile13 is hostile with TLS 1.3 as well.
func hostile13(name, title string, change func(*Server)) Server {
	return with(name, title, func(s *Server) {
		s.Certificates = []Certificate{{Key: P256}, {Key: RSA2048}}
		change(s)
	})
}

// silentServers stop, or nearly stop, at every step there is.
func silentServers() []Server {
	steps := []struct {
		at    Step
		where string
	}{
		{AtConnect, "right after the connection is made"},
		{AtGreeting, "in the middle of the greeting"},
		{AtCapabilities, "after EHLO"},
		{AtStartTLS, "after STARTTLS"},
		{AtHello, "after the ClientHello"},
		{AtRecord, "in the middle of a record header"},
		{AtServerHello, "in the middle of the ServerHello"},
		{AtCertificate, "in the middle of the certificates"},
		{AtKeyExchange, "in the middle of the ServerKeyExchange"},
		{AtDone, "before the ServerHelloDone"},
	}
	actions := []struct {
		do   Action
		name string
		verb string
	}{
		{Silence, "silent", "falls silent"},
		{Close, "close", "closes"},
		{Reset, "reset", "resets"},
	}
	var list []Server
	for _, a := range actions {
		for _, step := range steps {
			list = append(list, hostile(a.name+"-"+string(step.at), a.verb+" "+step.where, func(s *Server) {
				s.Quirks.Fault = Fault{step.at, a.do}
			}))
		}
	}
	for _, a := range actions {
		for _, p := range []starttls.Protocol{starttls.Submission, starttls.IMAP} {
			list = append(list, hostile(a.name+"-before-tls-"+string(p), a.verb+" when it is asked what it takes before TLS", func(s *Server) {
				s.Protocol, s.Quirks.Fault = p, Fault{AtBeforeTLS, a.do}
			}))
		}
	}
	implicit := hostile("silent-implicit", "implicit TLS that never says a word", func(s *Server) {
		s.Protocol = starttls.IMAPS
		s.Quirks.Fault = Fault{AtHello, Silence}
	})
	retry := hostile13("silent-second-hello", "falls silent after the hello that answers its retry", func(s *Server) {
		s.Groups.TLS13 = []tlswire.Group{tlswire.Secp384r1}
		s.Quirks.Fault = Fault{AtRetryHello, Silence}
	})
	return append(list, implicit, retry)
}

// talkingServers abuse the plaintext preamble.
func talkingServers() []Server {
	quirk := func(name, title string, q MailQuirks) Server {
		return hostile(name, title, func(s *Server) { s.Quirks.Mail = q })
	}
	drip := func(name, title string, at Step) Server {
		return hostile(name, title, func(s *Server) { s.Quirks.Fault = Fault{at, Drip} })
	}
	tarpit := quirk("tarpit", "ten seconds before every line", MailQuirks{Tarpit: true})
	tarpit.Quirks.Interval = 10 * time.Second
	imap := quirk("endless-capabilities-imap", "untagged capability lines without an end", MailQuirks{EndlessCapabilities: true})
	imap.Protocol = starttls.IMAP
	bye := hostile("throttle-always", "421 to the first connection and all others", func(s *Server) {
		s.Throttle = Throttle{After: -1, Reply: tooMany}
	})
	before := drip("drip-before-tls", "one byte a minute from when it is asked what it takes before TLS on", AtBeforeTLS)
	before.Protocol = starttls.POP3
	return []Server{
		drip("drip-greeting", "one byte a minute from the greeting on", AtGreeting),
		drip("drip-hello", "one byte a minute from the ServerHello on", AtHello),
		drip("drip-capabilities", "one byte a minute from the answer to EHLO on", AtCapabilities),
		before, tarpit, imap, bye,
		quirk("endless-greeting", "220- lines without an end", MailQuirks{EndlessGreeting: true}),
		quirk("endless-capabilities", "250- lines without an end", MailQuirks{EndlessCapabilities: true}),
		quirk("endless-line", "a greeting line without an end", MailQuirks{EndlessLine: true}),
		quirk("greeting-nul", "NUL bytes and control characters in the greeting", MailQuirks{Greeting: "mail\x00.lab\x07\x08.test\x7f ESMTP \x80\xff"}),
		quirk("greeting-escapes", "terminal escape sequences in the greeting", MailQuirks{Greeting: escapes}),
		quirk("greeting-bidi", "bidirectional overrides in the greeting", MailQuirks{Greeting: bidi}),
		quirk("greeting-markup", "HTML and a spreadsheet formula in the greeting", MailQuirks{Greeting: markup}),
		quirk("greeting-bare-lf", "a greeting that ends in a bare line feed, with another reply behind it", MailQuirks{Raw: "220 mail.lab.test ESMTP\n250 ok\n"}),
		quirk("greeting-codes", "reply codes that are no numbers", MailQuirks{Raw: "2\xb20 mail.lab.test\r\n99999999999999999999 x\r\n-1 y\r\n"}),
		quirk("greeting-mixed", "a continued greeting whose codes change", MailQuirks{Raw: "220-mail.lab.test\r\n554-no\r\n421 maybe\r\n"}),
		quirk("capability-escapes", "escape sequences, NUL and overrides in the capabilities", MailQuirks{Lines: []string{escapes, "X\x00Y", bidi, markup}}),
		quirk("capability-long", "a capability line of 100 kB", MailQuirks{Lines: []string{string(slices.Repeat([]byte("A"), 100_000))}}),
		quirk("starttls-twice", "the go-ahead with injected plaintext behind it", MailQuirks{Reply: "220 go\r\n220 ahead\r\n250 injected"}),
	}
}

// Strings that must never reach a terminal, a page or a table as they are.
const (
	escapes = "mail\x1b[2J\x1b]0;owned\x07\x1b[31m \x9b1m\rEHLO"
	bidi    = "mail.\u202etset.bal\u202c \u2066\u200b\ufeff"
	markup  = `<script>alert(1)</script>" =cmd|' /C calc'!A0 %s%n`
)

// notTLSServers accept STARTTLS and then send something else.
func notTLSServers() []Server {
	instead := func(name, title, bytes string) Server {
		return hostile(name, title, func(s *Server) { s.Quirks.Instead = []byte(bytes) })
	}
	ssh := hostile("ssh", "an SSH server on the port of implicit TLS", func(s *Server) {
		s.Protocol = starttls.Submissions
		s.Quirks.Unasked = []byte("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")
	})
	plain := hostile("plain-smtp-on-465", "SMTP in the clear on the port of implicit TLS", func(s *Server) {
		s.Protocol = starttls.Submissions
		s.Quirks.Unasked = []byte("220 mail.lab.test ESMTP ready\r\n")
	})
	http := instead("http", "an HTTP reply to the hello", "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n")
	http.Protocol = starttls.IMAPS
	flood := hostile("random-bytes", "random bytes without an end in place of TLS", func(s *Server) { s.Quirks.Flood = FloodGarbage })
	return []Server{
		ssh, plain, http, flood,
		instead("garbage", "bytes that are no record in place of TLS", "\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8 this is no TLS \x00\x01\x02"),
		instead("record-huge", "a record of 65,535 bytes, announced", "\x16\x03\x03\xff\xff\x02"),
		instead("record-version", "a record of version 0x7F7F", "\x16\x7f\x7f\x00\x04\x02\x00\x00\x00"),
		instead("record-type", "a record of type 99", "\x63\x03\x03\x00\x02\x02\x28"),
		instead("handshake-huge", "a ServerHello of 16 MB, announced", "\x16\x03\x03\x00\x04\x02\xff\xff\xff"),
		instead("handshake-unknown", "a handshake message of type 199", "\x16\x03\x03\x00\x04\xc7\x00\x00\x00"),
		instead("handshake-empty", "a ServerHello of zero bytes", "\x16\x03\x03\x00\x04\x02\x00\x00\x00"),
		instead("done-first", "a ServerHelloDone and nothing else", "\x16\x03\x03\x00\x04\x0e\x00\x00\x00"),
		instead("client-hello-back", "a ClientHello in answer to the ClientHello", "\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03"+
			"0123456789abcdef0123456789abcdef\x00\x00\x02\xc0\x2f\x01\x00"),
		instead("data-first", "application data before the handshake", "\x17\x03\x03\x00\x05hello"),
		instead("close-notify-first", "close_notify in place of a hello", "\x15\x03\x03\x00\x02\x01\x00"),
		instead("alert-short", "an alert of one byte", "\x15\x03\x03\x00\x01\x02"),
		instead("alert-long", "an alert of five bytes", "\x15\x03\x03\x00\x05\x02\x28\x02\x28\x02"),
		instead("sslv2-garbage", "an SSLv2 SERVER-HELLO whose lengths do not fit", "\x80\x0b\x04\x00\x01\x00\x02\xff\xff\xff\xff\xff\xff"),
		instead("sslv2-error", "an SSLv2 ERROR in answer to a TLS hello", "\x80\x03\x00\x00\x01"),
		instead("sslv2-padding", "an SSLv2 record with more padding than record", "\x00\x03\xff\x04\x00\x01"),
	}
}

// alertServers answer hellos with alerts.
func alertServers() []Server {
	alert := func(name, title string, level tlswire.AlertLevel, d tlswire.AlertDescription) Server {
		return hostile(name, title, func(s *Server) { s.Quirks.Alert = &tlswire.Alert{Level: level, Description: d} })
	}
	return []Server{
		hostile("alert-every", "an alert with a new number for every connection", func(s *Server) { s.Quirks.EveryAlert = true }),
		alert("alert-unknown", "a fatal alert of number 200", tlswire.AlertLevelFatal, 200),
		alert("alert-level", "an alert of level 77", 77, tlswire.AlertHandshakeFailure),
		alert("alert-warning", "a warning alert, then a close", tlswire.AlertLevelWarning, tlswire.AlertUnrecognizedName),
		alert("alert-internal", "internal_error to every hello", tlswire.AlertLevelFatal, tlswire.AlertInternalError),
		alert("alert-fallback", "inappropriate_fallback to every hello", tlswire.AlertLevelFatal, tlswire.AlertInappropriateFallback),
		alert("alert-version", "protocol_version to every hello", tlswire.AlertLevelFatal, tlswire.AlertProtocolVersion),
	}
}

// floodingServers send too much of one thing.
func floodingServers() []Server {
	var list []Server
	for _, f := range []struct {
		name  string
		flood Flood
	}{
		{"flood-empty-records", FloodEmptyRecords}, {"flood-warnings", FloodWarnings},
		{"flood-server-hellos", FloodServerHellos}, {"flood-fragments", FloodFragments},
		{"flood-retries", FloodRetries}, {"flood-16mb-chain", FloodBigChain},
		{"flood-10000-certificates", FloodManyCerts}, {"flood-empty-certificates", FloodZeroCerts},
		{"flood-staple", FloodStatus}, {"flood-tickets", FloodTickets},
		{"flood-data", FloodApplicationData}, {"flood-hello-requests", FloodHelloRequests},
		{"flood-heartbeats", FloodHeartbeats}, {"flood-ccs", FloodCCS},
	} {
		list = append(list, hostile(f.name, string(f.flood)+", over and over", func(s *Server) { s.Quirks.Flood = f.flood }))
	}
	return list
}

// innerServers attack from behind the encryption: in the handshake of TLS 1.3, and
// in the mail protocol under TLS.
func innerServers() []Server {
	var list []Server
	for _, in := range []struct {
		name  string
		quirk Inner
	}{
		{"inner-silent", InnerSilence}, {"inner-garbage", InnerGarbage}, {"inner-extensions", InnerExtensions},
		{"inner-1mb-chain", InnerBigChain}, {"inner-no-certificate", InnerNoCertificate},
		{"inner-second-hello", InnerSecondHello}, {"inner-unknown", InnerUnknown}, {"inner-signature", InnerBadSignature},
		{"inner-finished", InnerBadFinished}, {"inner-tickets", InnerTickets}, {"inner-key-updates", InnerKeyUpdates},
	} {
		list = append(list, hostile13(in.name, string(in.quirk)+", in TLS 1.3", func(s *Server) { s.Quirks.Inner = in.quirk }))
	}
	inside := func(name, title string, p starttls.Protocol, q MailQuirks) {
		list = append(list, hostile13(name, title, func(s *Server) { s.Protocol, s.Quirks.Inside = p, q }))
	}
	inside("inside-endless", "250- lines without an end, under TLS", starttls.SMTP, MailQuirks{EndlessCapabilities: true})
	inside("inside-line", "a greeting line without an end, under TLS", starttls.Submissions, MailQuirks{EndlessLine: true})
	inside("inside-greeting", "220- lines without an end, under TLS", starttls.Submissions, MailQuirks{EndlessGreeting: true})
	inside("inside-escapes", "escape sequences in the capabilities under TLS", starttls.SMTP, MailQuirks{Lines: []string{escapes, bidi, markup, "X\x00Y"}})
	return append(list,
		hostile13("inside-silent-greeting", "falls silent in the middle of the greeting under TLS", func(s *Server) {
			s.Protocol, s.Quirks.Fault = starttls.IMAPS, Fault{AtGreeting, Silence}
		}),
		hostile13("inside-reset", "resets when it is asked for its capabilities under TLS", func(s *Server) {
			s.Protocol, s.Quirks.Fault = starttls.IMAPS, Fault{AtCapabilities, Reset}
		}))
}
