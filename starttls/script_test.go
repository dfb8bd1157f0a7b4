package starttls

import (
	"bufio"
	"context"
	"net"
	"strings"
	"testing"
	"time"
)

// A script is a dialogue as one writes it down, a line each:
//
//	S: what the server sends, with CRLF
//	s: what the server sends, as it is (\r and \n written so)
//	C: what the client must send
//	wait 6s
//	close
//
// When it ends the server stays silent until the client closes.

// delivery is how a server's bytes reach the client.
type delivery int

const (
	whole  delivery = iota // what the server says in one go arrives in one piece
	bytely                 // each byte by itself
)

// play serves a script on one end of a pipe and returns the other. The test
// fails where the client says something else than the script.
func play(t *testing.T, script string, how delivery) net.Conn {
	t.Helper()
	client, server := net.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		run(t, server, script, how)
	}()
	t.Cleanup(func() {
		client.Close()
		<-done
	})
	return client
}

// run conducts the server's side.
func run(t *testing.T, conn net.Conn, script string, how delivery) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	var pending strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if text, ok := strings.CutPrefix(line, "S: "); ok {
			pending.WriteString(text + "\r\n")
			continue
		}
		if text, ok := strings.CutPrefix(line, "s: "); ok {
			pending.WriteString(unescape.Replace(text))
			continue
		}
		if !deliver(conn, pending.String(), how) {
			return
		}
		pending.Reset()
		if !act(t, conn, in, line) {
			return
		}
	}
	if deliver(conn, pending.String(), how) {
		in.ReadByte()
	}
}

var unescape = strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\0`, "\x00", `\e`, "\x1b")

// act does what a line that sends nothing says, and reports whether to go on.
func act(t *testing.T, conn net.Conn, in *bufio.Reader, line string) bool {
	switch {
	case line == "close":
		return false
	case strings.HasPrefix(line, "wait "):
		d, err := time.ParseDuration(line[len("wait "):])
		if err != nil {
			t.Errorf("script: %v", err)
		}
		time.Sleep(d) // in a synctest bubble only
		return true
	}
	want, ok := strings.CutPrefix(line, "C: ")
	if !ok {
		t.Errorf("script: %q", line)
		return false
	}
	got, err := in.ReadString('\n')
	if got != want+"\r\n" {
		t.Errorf("client sent %q (%v), want %q", got, err, want+"\r\n")
		return false
	}
	return true
}

// deliver writes text and reports whether the client took it.
func deliver(conn net.Conn, text string, how delivery) bool {
	if how == whole && text != "" {
		_, err := conn.Write([]byte(text))
		return err == nil
	}
	for i := range len(text) {
		if _, err := conn.Write([]byte(text[i : i+1])); err != nil {
			return false
		}
	}
	return true
}

// call is one of the functions of the package.
type call func(context.Context, net.Conn, Protocol, Options) *Result

// testOptions gives a fixed name and deadlines that only a broken test reaches.
var testOptions = Options{Helo: "scan.example", GreetingTimeout: 20 * time.Second, Timeout: 20 * time.Second}

// scripted is a dialogue and what must come of it.
type scripted struct {
	name    string
	p       Protocol
	script  string
	call    call // nil means Start
	opt     func(*Options)
	outcome Outcome
	step    Step
	status  string // of the reply, "" to leave it unchecked
	check   func(*testing.T, *Result)
}

// testScripts plays each dialogue in pieces of every kind.
func testScripts(t *testing.T, tests []scripted) {
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for how, name := range []string{whole: "whole", bytely: "bytes"} {
				t.Run(name, func(t *testing.T) { tt.test(t, delivery(how)) })
			}
		})
	}
}

// test plays one dialogue.
func (tt scripted) test(t *testing.T, how delivery) {
	opt, do := testOptions, tt.call
	if tt.opt != nil {
		tt.opt(&opt)
	}
	if do == nil {
		do = Start
	}
	res := do(t.Context(), play(t, tt.script, how), tt.p, opt)
	if res.Outcome != tt.outcome || res.Step != tt.step {
		t.Errorf("outcome %s at %s (%v), want %s at %s", res.Outcome, res.Step, res.Err, tt.outcome, tt.step)
	}
	if (res.Err == nil) != (res.Outcome == Ready) {
		t.Errorf("outcome %s with error %v", res.Outcome, res.Err)
	}
	if tt.status != "" && res.Reply.Status != tt.status {
		t.Errorf("reply %+v, want status %s", res.Reply, tt.status)
	}
	if tt.check != nil {
		tt.check(t, res)
	}
}

// skipCapabilities sets the option of that name.
func skipCapabilities(o *Options) { o.SkipCapabilities = true }

// transcript returns the dialogue as "S: ..." and "C: ..." lines.
func transcript(d Dialogue) string {
	var b strings.Builder
	for _, l := range d.Lines {
		b.WriteString(map[Side]string{Client: "C: ", Server: "S: "}[l.From])
		b.WriteString(Escape(l.Text))
		if l.Cut {
			b.WriteString("[cut]")
		}
		b.WriteString("\n")
	}
	return b.String()
}
