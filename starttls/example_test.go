package starttls_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/mailtls/mailtls/starttls"
)

// server answers each command with the next reply, as a mail server would.
func server(greeting string, replies ...string) net.Conn {
	client, conn := net.Pipe()
	go func() {
		defer conn.Close()
		io.WriteString(conn, greeting)
		for _, r := range replies {
			if _, err := conn.Read(make([]byte, 512)); err != nil {
				return
			}
			io.WriteString(conn, r)
		}
	}()
	return client
}

func ExampleStart() {
	conn := server("220 mx.example ESMTP\r\n",
		"250-mx.example\r\n250-SIZE 10240000\r\n250 STARTTLS\r\n",
		"220 2.0.0 Ready to start TLS\r\n")
	defer conn.Close()

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	res := starttls.Start(ctx, conn, starttls.SMTP, starttls.Options{Helo: "client.example"})

	fmt.Println(res.Outcome, res.Before.Names, res.Before.Size)
	for _, line := range res.Dialogue.Lines {
		fmt.Printf("%s: %s\n", line.From, starttls.Escape(line.Text))
	}
	// Output:
	// ready [SIZE STARTTLS] 10240000
	// server: 220 mx.example ESMTP
	// client: EHLO client.example
	// server: 250-mx.example
	// server: 250-SIZE 10240000
	// server: 250 STARTTLS
	// client: STARTTLS
	// server: 220 2.0.0 Ready to start TLS
}

func ExampleStart_throttled() {
	conn := server("421 4.7.0 mx.example Error: too many connections from 192.0.2.1\r\n")
	defer conn.Close()

	res := starttls.Start(context.Background(), conn, starttls.SMTP, starttls.Options{})
	fmt.Println(res.Outcome, "at", res.Step)
	fmt.Println(res.Reply.Status, res.Reply.Code)
	fmt.Println(res.Before.Listed)
	// Output:
	// temporarily_refused at greeting
	// 421 4.7.0
	// false
}

func ExampleEscape() {
	fmt.Println(starttls.Escape("220 \x1b[2Jmx \u202eelpmaxe\xff"))
	// Output: 220 \x1b[2Jmx \u{202e}elpmaxe\xff
}

func ExampleParseProtocol() {
	p, err := starttls.ParseProtocol("smtps")
	fmt.Println(p, p.DefaultPort(), p.ImplicitTLS(), err)
	_, err = starttls.ParseProtocol("http")
	fmt.Println(err)
	// Output:
	// submissions 465 true <nil>
	// unknown protocol "http": want one of smtp, submission, submissions, lmtp, imap, imaps, pop3, pop3s, sieve
}
