package starttls

import "strings"

// pop3 speaks POP3 (RFC 1939) with CAPA (RFC 2449) and STLS (RFC 2595).
type pop3 struct{ s *session }

// greet reads the greeting, one line.
func (d pop3) greet() error {
	if err := d.s.begin(StepGreeting); err != nil {
		return err
	}
	line, err := d.status()
	if err != nil {
		return err
	}
	d.s.greeted(line)
	if d.s.res.Reply.Status != "+OK" {
		return d.s.denied(Rejected)
	}
	return nil
}

// list asks for the capabilities. Old servers do not know CAPA.
func (d pop3) list() error {
	if err := d.s.begin(StepCapabilities); err != nil {
		return err
	}
	if err := d.command("CAPA"); err != nil {
		return err
	}
	switch {
	case d.s.res.Reply.Status == "+OK":
		return d.capabilities()
	case d.s.res.Reply.temporary():
		return d.s.said(TemporarilyRefused)
	}
	refused := d.s.res.Reply
	d.s.capsRefused = &refused
	return nil
}

// relist is the same question under TLS.
func (d pop3) relist() error { return d.list() }

// capabilities reads the lines of a list up to the one with a dot (RFC 1939,
// Section 3; RFC 2449, Section 5).
func (d pop3) capabilities() error {
	c := Capabilities{Protocol: d.s.res.Protocol, Listed: true}
	for {
		line, err := d.s.readLine()
		if err != nil {
			return err
		}
		if line == "." {
			d.s.res.Before = c
			return nil
		}
		line = strings.TrimPrefix(line, ".")
		if words := strings.FieldsFunc(line, blank); len(words) > 0 {
			c.add(line, words[0], words[1:])
		}
	}
}

// starttls asks for TLS (RFC 2595, Section 4).
func (d pop3) starttls() error {
	if err := d.s.begin(StepSTARTTLS); err != nil {
		return err
	}
	if err := d.command(d.s.opt.startLines("STLS")...); err != nil {
		return err
	}
	if d.s.res.Reply.Status != "+OK" {
		return d.s.denied(d.s.refusal())
	}
	return nil
}

// quit says QUIT; any reply to it will do.
func (d pop3) quit() error {
	if err := d.s.begin(StepQuit); err != nil {
		return err
	}
	return d.command("QUIT")
}

// command sends a command, and lines behind it, and reads the status line of the reply to the first.
func (d pop3) command(lines ...string) error {
	if err := d.s.send(lines...); err != nil {
		return err
	}
	_, err := d.status()
	return err
}

// status reads a status line and makes it the session's reply.
func (d pop3) status() (string, error) {
	line, err := d.s.readLine()
	if err != nil {
		return "", err
	}
	r, ok := parsePOP3Status(line)
	if !ok {
		return "", d.s.wrong(line)
	}
	d.s.res.Reply = r
	return line, nil
}

// parsePOP3Status takes apart a status line (RFC 1939, Section 3), with the
// response code of RFC 2449, Section 8.
func parsePOP3Status(line string) (Reply, bool) {
	status, text, _ := strings.Cut(line, " ")
	status = strings.ToUpper(status)
	if status != "+OK" && status != "-ERR" {
		return Reply{}, false
	}
	code, _, text := bracketed(text)
	return Reply{Status: status, Code: code, Text: text}, true
}
