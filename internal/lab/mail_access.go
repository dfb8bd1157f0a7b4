package lab

import (
	"fmt"
	"strings"
)

// imap is the dialect of RFC 9051.
func imap() dialect {
	return dialect{
		greeting: func(s *session) string {
			return "* OK [" + imapCapabilities(s) + "] " + s.welcome("lab ready") + "\r\n"
		},
		command:      imapCommand,
		moreGreeting: "* CAPABILITY IMAP4rev1 AND-ANOTHER-ONE\r\n", moreCapabilities: "* CAPABILITY IMAP4rev1 AND-ANOTHER-ONE\r\n",
	}
}

func imapCapabilities(s *session) string {
	list := append([]string{"CAPABILITY", "IMAP4rev1", "ID"}, s.quirks().Lines...)
	if s.offersTLS() {
		list = append(list, s.starttls("STARTTLS"))
	}
	if s.mayAuth() {
		return strings.Join(append(list, "AUTH=PLAIN"), " ")
	}
	return strings.Join(append(list, "LOGINDISABLED"), " ")
}

func imapCommand(s *session, line string) (string, verdict) {
	tag, _, ok := strings.Cut(line, " ")
	if !ok {
		return "* BAD Error in IMAP command\r\n", goOn
	}
	switch verb(line) {
	case "CAPABILITY":
		return fmt.Sprintf("* %s\r\n%s OK done\r\n", imapCapabilities(s), tag), goOn
	case "STARTTLS":
		reply, v := s.goAhead("OK Begin TLS negotiation now", "BAD Unknown command")
		return tag + " " + reply, v
	case "AUTHENTICATE":
		return s.authenticate(prompts{yes: "+ ", no: tag + " NO [PRIVACYREQUIRED] Log in inside TLS", cancelled: tag + " BAD Cancelled"})
	case "NOOP":
		return tag + " OK done\r\n", goOn
	case "LOGOUT":
		return "* BYE Logging out\r\n" + tag + " OK done\r\n", leave
	}
	return tag + " BAD Unknown command\r\n", goOn
}

// pop3 is the dialect of RFC 1939 and RFC 2449.
func pop3() dialect {
	return dialect{
		greeting:     func(s *session) string { return "+OK " + s.welcome("lab ready") + "\r\n" },
		command:      pop3Command,
		moreGreeting: "X-AND-ANOTHER-CAPABILITY\r\n", moreCapabilities: "X-AND-ANOTHER-CAPABILITY\r\n",
	}
}

func pop3Command(s *session, line string) (string, verdict) {
	switch verb(line) {
	case "CAPA":
		list := append([]string{"+OK"}, s.quirks().Lines...)
		list = append(list, "UIDL", "TOP")
		if s.offersTLS() {
			list = append(list, s.starttls("STLS"))
		}
		if s.mayAuth() {
			list = append(list, "USER", "SASL PLAIN")
		}
		return strings.Join(append(list, "."), "\r\n") + "\r\n", goOn
	case "STLS":
		return s.goAhead("+OK Begin TLS negotiation now", "-ERR Unknown command")
	case "AUTH":
		return s.authenticate(prompts{yes: "+ ", no: "-ERR [AUTH] Log in inside TLS", cancelled: "-ERR Cancelled"})
	case "NOOP":
		return "+OK\r\n", goOn
	case "QUIT":
		return "+OK Logging out\r\n", leave
	}
	return "-ERR Unknown command\r\n", goOn
}

// sieve is the dialect of RFC 5804.
func sieve() dialect {
	return dialect{
		greeting:     func(s *session) string { return sieveCapabilities(s) + "OK \"" + s.welcome("lab ready") + "\"\r\n" },
		command:      sieveCommand,
		moreGreeting: "\"X-AND-ANOTHER\" \"capability\"\r\n", moreCapabilities: "\"X-AND-ANOTHER\" \"capability\"\r\n",
	}
}

func sieveCapabilities(s *session) string {
	list := append([]string{`"IMPLEMENTATION" "lab"`}, s.quirks().Lines...)
	list = append(list, `"SIEVE" "fileinto"`)
	if s.offersTLS() {
		list = append(list, s.starttls(`"STARTTLS"`))
	}
	if s.mayAuth() {
		list = append(list, `"SASL" "PLAIN"`)
	} else {
		list = append(list, `"SASL" ""`)
	}
	return strings.Join(append(list, `"VERSION" "1.0"`), "\r\n") + "\r\n"
}

func sieveCommand(s *session, line string) (string, verdict) {
	switch verb(line) {
	case "CAPABILITY":
		return sieveCapabilities(s) + "OK \"done\"\r\n", goOn
	case "STARTTLS":
		return s.goAhead(`OK "Begin TLS negotiation now"`, `NO "Unknown command"`)
	case "AUTHENTICATE":
		return s.authenticate(prompts{yes: `""`, no: `NO (ENCRYPT-NEEDED) "Log in inside TLS"`, cancelled: `NO "Cancelled"`})
	case "NOOP":
		return "OK \"done\"\r\n", goOn
	case "LOGOUT":
		return "OK \"bye\"\r\n", leave
	}
	return "NO \"Unknown command\"\r\n", goOn
}
