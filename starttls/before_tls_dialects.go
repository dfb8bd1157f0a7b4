package starttls

import "strings"

// No user name and no password is sent below: a server that prompts for them has
// shown that it would take them, and is told "*", which cancels (RFC 4954,
// Section 4; RFC 9051, Section 6.2.2; RFC 5034, Section 4; RFC 5804, Section 2.1).

// cancel ends an exchange that the server has begun.
const cancel = "*"

// beforeTLS asks a submission server whether it takes mail, and any that is for
// users, or lists AUTH, whether it takes passwords. A server that lists PIPELINING
// gets all of it in one group, AUTH last (RFC 2920, Section 3.1).
func (d smtp) beforeTLS() error {
	commands := d.questions()
	together := d.s.res.Before.Pipelining && len(commands) > 0
	if together {
		if err := d.s.send(commands...); err != nil {
			return err
		}
	}
	for _, c := range commands {
		if c == Rset && !together && d.s.res.Asked.Mail.Verdict != Accepted {
			continue
		}
		if !together {
			if err := d.s.send(c); err != nil {
				return err
			}
		}
		if _, err := d.reply(); err != nil {
			return err
		}
		d.hear(c)
	}
	if d.s.res.Asked.Auth.Verdict != Accepted {
		return nil
	}
	_, err := d.command(cancel)
	return err
}

// questions are the commands to send. On a relay MAIL FROM is taken as a matter of
// course: TLS is optional there.
func (d smtp) questions() []string {
	var list []string
	users := d.s.res.Protocol == Submission
	if users {
		list = append(list, MailFrom, Rset)
	}
	if users || len(d.s.res.Before.AuthMechanisms) > 0 {
		list = append(list, "AUTH "+d.s.res.Before.mechanism())
	}
	return list
}

// hear takes the last reply as the answer to a command.
func (d smtp) hear(command string) {
	switch command {
	case MailFrom:
		d.s.res.Asked.Mail = mailAnswer(d.s.res.Reply)
	case Rset:
	default:
		d.s.res.Asked.Auth = authAnswer(d.s.res.Reply)
	}
}

// beforeTLS asks whether AUTHENTICATE is answered by a prompt. A session that is
// authenticated from the beginning takes no such command.
func (d imap) beforeTLS() error {
	if strings.HasPrefix(strings.ToUpper(d.s.res.Greeting), "* PREAUTH") {
		return nil
	}
	const tag = "a4"
	if err := d.s.send(tag + " AUTHENTICATE " + d.s.listed().mechanism()); err != nil {
		return err
	}
	prompted, err := d.await(tag)
	if err != nil {
		return err
	}
	if !prompted {
		d.s.res.Asked.Auth = d.s.listed().saslAnswer(d.s.res.Reply)
		return nil
	}
	d.s.res.Asked.Auth = Answer{Accepted, d.s.res.Reply}
	if err := d.s.send(cancel); err != nil {
		return err
	}
	return d.finished(tag)
}

// beforeTLS asks whether AUTH is answered by a prompt.
func (d pop3) beforeTLS() error {
	if err := d.s.send("AUTH " + d.s.listed().mechanism()); err != nil {
		return err
	}
	line, err := d.s.readLine()
	if err != nil {
		return err
	}
	if prompt, text, _ := strings.Cut(line, " "); prompt == "+" {
		d.s.res.Reply = Reply{Status: prompt, Text: text}
		d.s.res.Asked.Auth = Answer{Accepted, d.s.res.Reply}
		return d.command(cancel)
	}
	r, ok := parsePOP3Status(line)
	if !ok {
		return d.s.wrong(line)
	}
	d.s.res.Reply = r
	d.s.res.Asked.Auth = d.s.listed().saslAnswer(r)
	return nil
}

// beforeTLS asks whether AUTHENTICATE is answered by a string, which is a prompt.
func (d sieve) beforeTLS() error {
	if err := d.s.send(`AUTHENTICATE "` + d.s.listed().mechanism() + `"`); err != nil {
		return err
	}
	words, raw, err := d.line()
	if err != nil {
		return err
	}
	if r, ok := sieveStatus(words); ok {
		d.s.res.Reply = r
		if r.Status == "BYE" {
			return d.s.denied(Closed)
		}
		d.s.res.Asked.Auth = d.s.listed().saslAnswer(r)
		return nil
	}
	if len(words) != 1 || !words[0].quoted {
		return d.s.wrong(raw)
	}
	d.s.res.Reply = Reply{Text: raw}
	d.s.res.Asked.Auth = Answer{Accepted, d.s.res.Reply}
	if err := d.s.send(`"` + cancel + `"`); err != nil {
		return err
	}
	_, err = d.response()
	return err
}
