package lab

// prompts are what a protocol says when it is asked for what users do: log in, and in SMTP submit mail.
type prompts struct {
	yes, no   string // a prompt for a password, and the refusal to give one
	cancelled string // the answer to "*" or anything else that follows the prompt
}

// authenticate answers AUTH and AUTHENTICATE without an initial response.
func (s *session) authenticate(p prompts) (string, verdict) {
	if !s.mayAuth() && (s.secure || !s.quirks().AuthUnlisted) {
		return p.no + "\r\n", goOn
	}
	s.prompted = p.cancelled + "\r\n"
	return p.yes + "\r\n", goOn
}

// takesMail reports whether MAIL FROM is accepted. The lab takes none: inside TLS
// it says so.
func (s *session) takesMail() bool { return !s.secure && s.quirks().MailBeforeTLS }
