package starttls

import (
	"fmt"
	"strings"
)

// imap speaks IMAP (RFC 9051). One command is outstanding at any time; each has
// a tag of its own all the same (RFC 9051, Section 2.2.1).
type imap struct{ s *session }

// greet reads the untagged greeting, which may list the capabilities (RFC 9051,
// Section 7.1).
func (d imap) greet() error {
	if err := d.s.begin(StepGreeting); err != nil {
		return err
	}
	text, err := d.s.readLine()
	if err != nil {
		return err
	}
	l := parseIMAPLine(text)
	if l.tag != "*" {
		return d.s.wrong(text)
	}
	switch l.status {
	case "OK", "PREAUTH":
		d.s.greeted(text)
		d.s.res.Reply = l.reply()
		d.learn(l)
		return nil
	case "BYE":
		d.s.greeted(text)
		d.s.res.Reply = l.reply()
		return d.s.denied(Rejected)
	}
	return d.s.wrong(text)
}

// list asks for the capabilities. The answer replaces what the greeting listed.
func (d imap) list() error {
	if err := d.s.begin(StepCapabilities); err != nil {
		return err
	}
	d.s.res.Before = Capabilities{Protocol: d.s.res.Protocol}
	if err := d.command("a1", "CAPABILITY"); err != nil {
		return err
	}
	switch {
	case d.s.res.Before.Listed:
		return nil
	case d.s.res.Reply.Status != "OK" && d.s.res.Reply.temporary():
		return d.s.said(TemporarilyRefused)
	}
	refused := d.s.res.Reply
	d.s.capsRefused = &refused
	return nil
}

// relist is the same question under TLS.
func (d imap) relist() error { return d.list() }

// starttls asks for TLS (RFC 9051, Section 6.2.1).
func (d imap) starttls() error {
	if err := d.s.begin(StepSTARTTLS); err != nil {
		return err
	}
	if err := d.s.send(d.s.opt.startLines("a2 STARTTLS")...); err != nil {
		return err
	}
	if err := d.finished("a2"); err != nil {
		return err
	}
	if d.s.res.Reply.Status == "OK" {
		return nil
	}
	return d.s.denied(d.s.refusal())
}

// quit says LOGOUT.
func (d imap) quit() error {
	if err := d.s.begin(StepQuit); err != nil {
		return err
	}
	return d.command("a3", "LOGOUT")
}

// command sends a command and reads up to its tagged reply, which becomes the
// session's.
func (d imap) command(tag, verb string) error {
	if err := d.s.send(tag + " " + verb); err != nil {
		return err
	}
	return d.finished(tag)
}

// finished reads up to the reply to a command, whatever prompts come before it.
func (d imap) finished(tag string) error {
	for {
		if prompted, err := d.await(tag); err != nil || !prompted {
			return err
		}
	}
}

// await reads up to the tagged reply to a command or to a prompt ("+"), which
// becomes the session's reply. An untagged BAD stands for the tagged one: it is
// what a server says that could not make out a tag (RFC 9051, Section 7.1.3), and
// ours is the one command.
func (d imap) await(tag string) (prompted bool, err error) {
	for {
		l, text, err := d.line()
		if err != nil {
			return false, err
		}
		switch {
		case l.tag == tag && l.tagged(), l.tag == "*" && l.status == "BAD":
			d.s.res.Reply = l.reply()
			d.learn(l)
			return false, nil
		case l.tag == "*" && l.status == "BYE" && d.s.res.Step != StepQuit:
			d.s.res.Reply = l.reply()
			return false, d.s.denied(Closed)
		case l.tag == "*":
			d.learn(l)
		case l.tag == "+":
			d.s.res.Reply = Reply{Status: "+", Text: strings.TrimPrefix(text[1:], " ")}
			return true, nil
		default:
			return false, d.s.wrong(text)
		}
	}
}

// line reads a line together with the literals in it. They occur in untagged
// data only: a status or a capability list is text up to its CRLF, braces or not.
func (d imap) line() (imapLine, string, error) {
	text, err := d.s.readLine()
	if err != nil {
		return imapLine{}, "", err
	}
	l := parseIMAPLine(text)
	if l.tag != "*" || l.tagged() || l.status == "BYE" || l.status == "PREAUTH" || l.status == "CAPABILITY" {
		return l, text, nil
	}
	for n, ok := literalSuffix(text); ok; n, ok = literalSuffix(text) {
		if _, err = d.s.readLiteral(n); err == nil {
			text, err = d.s.readLine()
		}
		if err != nil {
			return imapLine{}, "", fmt.Errorf("skipping untagged data: %w", err)
		}
	}
	return l, text, nil
}

// learn takes the capabilities from a line that lists them. A later list
// replaces an earlier one.
func (d imap) learn(l imapLine) {
	words, ok := l.capabilities()
	if !ok {
		return
	}
	c := Capabilities{Protocol: d.s.res.Protocol, Listed: true}
	for _, w := range words {
		c.add(w, w, nil)
	}
	d.s.res.Before = c
}
