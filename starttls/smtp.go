package starttls

import (
	"fmt"
	"strings"
)

// smtp speaks SMTP and, with the verb LHLO, LMTP.
type smtp struct {
	s    *session
	verb string
}

// greet waits for the last line of the greeting (RFC 5321, Section 4.2). Between
// the first line of postscreen and its last there are 6 seconds, and whoever
// speaks in them is refused.
func (d smtp) greet() error {
	if err := d.s.begin(StepGreeting); err != nil {
		return err
	}
	if _, err := d.reply(); err != nil {
		return err
	}
	switch d.class() {
	case '2':
		return nil
	case '4', '5':
		return d.s.denied(Rejected)
	}
	return d.s.said(NotThisProtocol)
}

// list asks with EHLO or LHLO. A server that does not take EHLO is asked with
// HELO, so that it is known whether it talks to us at all; it then lists nothing.
func (d smtp) list() error {
	if err := d.s.begin(StepCapabilities); err != nil {
		return err
	}
	lines, err := d.command(d.verb + " " + d.name())
	if err != nil {
		return err
	}
	switch {
	case d.class() == '2':
		d.s.res.Before = parseEHLO(d.s.res.Protocol, lines)
		return nil
	case d.verb == "LHLO" && unknownCommand(d.s.res.Reply):
		return d.s.said(NotThisProtocol)
	case d.verb == "EHLO" && heloMayHelp(d.s.res.Reply):
		return d.helo()
	}
	return d.refused()
}

// relist is the same question under TLS.
func (d smtp) relist() error { return d.list() }

// helo falls back to RFC 821.
func (d smtp) helo() error {
	refused := d.s.res.Reply
	if err := d.s.begin(StepCapabilities); err != nil {
		return err
	}
	if _, err := d.command("HELO " + d.name()); err != nil {
		return err
	}
	switch {
	case d.class() == '2':
		d.s.capsRefused = &refused
		d.s.res.Before.Masked = maskedText(d.s.res.Greeting) || maskedText(refused.Text)
		return nil
	case unknownCommand(refused) && unknownCommand(d.s.res.Reply):
		return d.s.said(NotThisProtocol)
	}
	return d.refused()
}

// unlisted is the outcome where HELO was taken after EHLO was not. A server that
// does not know EHLO has no extensions; one that disliked our EHLO might.
func (s *session) unlisted() error {
	r := *s.capsRefused
	if unknownCommand(r) {
		return s.fail(NotOffered, fmt.Errorf("the server does not know EHLO: %s", quote(r.String())))
	}
	return s.fail(Unlisted, fmt.Errorf("the server refused EHLO and took HELO: %s", quote(r.String())))
}

// starttls asks for TLS (RFC 3207, Section 4): 220 and nothing else is a yes.
func (d smtp) starttls() error {
	if err := d.s.begin(StepSTARTTLS); err != nil {
		return err
	}
	if _, err := d.command(d.s.opt.startLines("STARTTLS")...); err != nil {
		return err
	}
	switch {
	case d.s.res.Reply.Status == "220":
		return nil
	case d.class() == '4' || d.class() == '5':
		return d.s.denied(d.s.refusal())
	}
	return d.s.said(Malformed)
}

// quit says QUIT; any reply to it will do.
func (d smtp) quit() error {
	if err := d.s.begin(StepQuit); err != nil {
		return err
	}
	_, err := d.command("QUIT")
	return err
}

// command sends a line, and others behind it, and reads the reply to the first.
func (d smtp) command(lines ...string) ([]string, error) {
	if err := d.s.send(lines...); err != nil {
		return nil, err
	}
	return d.reply()
}

// reply reads a reply to its last line, returns the texts of its lines and
// makes it the session's reply. Where the codes of the lines differ the last one
// counts, as it does for Postfix.
func (d smtp) reply() ([]string, error) {
	var texts []string
	for {
		line, err := d.s.readLine()
		if err != nil {
			return nil, err
		}
		code, text, last, ok := parseSMTPLine(line)
		if !ok {
			return nil, d.s.wrong(line)
		}
		if d.s.res.Step == StepGreeting {
			d.s.greeted(line)
		}
		texts = append(texts, text)
		if last {
			d.s.res.Reply = Reply{Status: code, Code: enhancedCode(text), Text: strings.Join(texts, "\n")}
			return texts, nil
		}
	}
}

// refused ends the dialogue after EHLO, LHLO and HELO were refused.
func (d smtp) refused() error {
	if d.class() == '3' {
		return d.s.said(Malformed)
	}
	return d.s.denied(Rejected)
}

// class returns the first digit of the reply.
func (d smtp) class() byte { return d.s.res.Reply.Status[0] }

// unknownCommand reports whether a reply says that the command does not exist.
func unknownCommand(r Reply) bool { return r.Status == "500" || r.Status == "502" }

// heloMayHelp reports whether EHLO was refused as a command (RFC 5321, Section
// 4.1.4), not the client as such.
func heloMayHelp(r Reply) bool {
	return unknownCommand(r) || r.Status == "501" || r.Status == "504"
}
