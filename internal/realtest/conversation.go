package realtest

import (
	"bytes"
	"io"
	"strings"
)

// A conversation makes a program that shows what its client says, and says to its client what it reads, a server of
// some protocol. It is the program's standard output.
type conversation struct {
	log    io.Writer
	in     io.Writer // the program's standard input
	answer func(line string) string
	rest   []byte // of a line not yet ended
}

// Write notes what the program shows, and answers each line.
func (c *conversation) Write(b []byte) (int, error) {
	c.rest = append(c.rest, b...)
	for {
		line, after, ok := bytes.Cut(c.rest, []byte("\n"))
		if !ok {
			return c.log.Write(b)
		}
		c.rest = after
		if reply := c.answer(strings.TrimSpace(string(line))); reply != "" {
			if _, err := io.WriteString(c.in, reply); err != nil {
				return 0, err
			}
		}
	}
}

// greeting, and replies to commands: the least that an SMTP client needs to be turned away (RFC 5321, Section 4.2).
const greeting = "220 " + Host + " ESMTP\r\n"

func smtpReply(command string) string {
	verb, _, _ := strings.Cut(strings.ToUpper(command), " ")
	switch verb {
	case "EHLO", "HELO":
		return "250 " + Host + "\r\n"
	case "MAIL": // for good, so that a sender does not try again
		return "550 no\r\n"
	case "RSET", "NOOP":
		return "250 ok\r\n"
	case "QUIT":
		return "221 bye\r\n"
	}
	return ""
}

// openSSLTalk greets when s_server tells of a finished handshake.
func openSSLTalk(line string) string {
	if strings.HasPrefix(line, "CIPHER is") {
		return greeting
	}
	return smtpReply(line)
}
