package starttls

import "strings"

// sieve speaks ManageSieve (RFC 5804).
type sieve struct{ s *session }

// greet reads the capabilities with which the server greets (RFC 5804, Section
// 1.7).
func (d sieve) greet() error {
	if err := d.s.begin(StepGreeting); err != nil {
		return err
	}
	return d.capabilities(Rejected)
}

// list does nothing: the greeting listed them.
func (d sieve) list() error { return nil }

// relist reads them again: the server sends them unasked once TLS stands.
func (d sieve) relist() error {
	if err := d.s.begin(StepCapabilities); err != nil {
		return err
	}
	d.s.lines = 0
	return d.capabilities(Rejected)
}

// starttls asks for TLS (RFC 5804, Section 2.2).
func (d sieve) starttls() error {
	if err := d.s.begin(StepSTARTTLS); err != nil {
		return err
	}
	if err := d.s.send(d.s.opt.startLines("STARTTLS")...); err != nil {
		return err
	}
	if _, err := d.response(); err != nil {
		return err
	}
	switch d.s.res.Reply.Status {
	case "OK":
		return nil
	case "BYE":
		return d.s.denied(Closed)
	}
	return d.s.denied(d.s.refusal())
}

// quit says LOGOUT; any reply to it will do.
func (d sieve) quit() error {
	if err := d.s.begin(StepQuit); err != nil {
		return err
	}
	if err := d.s.send("LOGOUT"); err != nil {
		return err
	}
	_, err := d.response()
	return err
}

// capabilities reads a capability list; denied is the outcome where there is a
// refusal instead.
func (d sieve) capabilities(denied Outcome) error {
	c, err := d.response()
	if err != nil {
		return err
	}
	if d.s.res.Reply.Status != "OK" {
		return d.s.denied(denied)
	}
	c.Listed = true
	d.s.res.Before = c
	return nil
}

// response reads data lines up to the OK, NO or BYE that ends them (RFC 5804,
// Section 1.2) and makes that the session's reply.
func (d sieve) response() (Capabilities, error) {
	c := Capabilities{Protocol: d.s.res.Protocol}
	for {
		words, raw, err := d.line()
		if err != nil {
			return c, err
		}
		if r, ok := sieveStatus(words); ok {
			if d.s.res.Step == StepGreeting {
				d.s.greeted(raw)
			}
			d.s.res.Reply = r
			return c, nil
		}
		if len(words) == 0 || !words[0].quoted {
			return c, d.s.wrong(raw)
		}
		addSieve(&c, raw, words)
	}
}

// line reads a line with the literals in it, as words and as it was sent.
func (d sieve) line() (words []sieveWord, raw string, err error) {
	for {
		text, err := d.s.readLine()
		if err != nil {
			return nil, "", err
		}
		raw += text
		more, literal, ok := parseSieveLine(text)
		if !ok {
			return nil, "", d.s.wrong(text)
		}
		words = append(words, more...)
		if literal < 0 {
			return words, raw, nil
		}
		s, err := d.s.readLiteral(literal)
		if err != nil {
			return nil, "", err
		}
		raw += "\r\n" + s
		words = append(words, sieveWord{text: s, quoted: true})
	}
}

// addSieve takes one capability: a name and, for some, a value.
func addSieve(c *Capabilities, raw string, words []sieveWord) {
	var params []string
	for _, w := range words[1:] {
		params = append(params, strings.FieldsFunc(w.text, blank)...)
	}
	c.add(raw, words[0].text, params)
}
