package realtest

import (
	"context"
	"errors"
	"fmt"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// deliverByPostfix runs a Postfix that takes mail and hands it on, each recipient's domain to another place.
func deliverByPostfix(t *testing.T, to []place) []bool {
	t.Helper()
	maps := "transport_maps = inline:{ "
	for i, p := range to {
		transport := "smtp"
		if p.implicit {
			transport = "wrapped"
		}
		maps += fmt.Sprintf("{ n%d.test = %s:[127.0.0.1]:%s } ", i, transport, port(p.addr))
	}
	ward := admit(t, Postfix{}.prepare, func(l *launch) {
		completeQueue(t, l.dir)
		etc := filepath.Join(l.dir, "etc")
		rewrite(t, filepath.Join(etc, "main.cf"), func(text string) string {
			return withOptions(text, []string{maps + "}", "smtpd_relay_restrictions = permit_mynetworks, reject", "mynetworks = 127.0.0.0/8",
				"smtp_tls_security_level = encrypt", "smtp_tls_loglevel = 1", "smtp_dns_support_level = disabled", "smtp_host_lookup = native"})
		})
		rewrite(t, filepath.Join(etc, "master.cf"), func(text string) string { return text + delivery + sending })
		old(t, etc)
	})
	handOver(t, ward.addr("smtp"), len(to))
	out := make([]bool, len(to))
	for i, p := range to {
		at := "127.0.0.1[127.0.0.1]:" + port(p.addr)
		log := awaitLog(t, ward.running, "connection established to "+at+":", "SSL_connect error to "+at+":", "Cannot start TLS: handshake failure")
		out[i] = strings.Contains(log, "connection established to "+at+":")
	}
	return out
}

// sending are the services of a Postfix that sends.
const sending = `smtp unix - - n - - smtp
wrapped unix - - n - - smtp
  -o smtp_tls_wrappermode=yes
retry unix - - n - - error
error unix - - n - - error
`

// handOver gives a Postfix one message for n recipients.
func handOver(t *testing.T, addr string, n int) {
	t.Helper()
	c, err := smtp.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Mail("")
	for i := range n {
		err = errors.Join(err, c.Rcpt(fmt.Sprintf("x@n%d.test", i)))
	}
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write([]byte("Subject: a test\r\n\r\nhello\r\n"))
	if err := errors.Join(w.Close(), c.Quit()); err != nil {
		t.Fatal(err)
	}
}

// awaitLog waits until one of some texts is in a server's log.
func awaitLog(t *testing.T, s *Server, any ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), startLimit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		log := s.Log()
		for _, text := range any {
			if strings.Contains(log, text) {
				return log
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("none of %q is in the log", any)
		}
	}
}

// deliverByExim runs an Exim for each message, which ends when it has tried to deliver it.
func deliverByExim(t *testing.T, to []place) []bool {
	t.Helper()
	if err := rootFor("exim"); err != nil {
		giveUp(t, err)
	}
	exim, _ := Lookup("exim")
	uid, err := userID("exim", eximUser)
	if err != nil {
		giveUp(t, err)
	}
	dir, err := folder("exim-sends")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chown(dir, uid, -1); err != nil {
		t.Fatal(err)
	}
	out := make([]bool, len(to))
	for i, p := range to {
		protocol := "smtp"
		if p.implicit {
			protocol = "smtps"
		}
		conf := filepath.Join(dir, fmt.Sprintf("%d.conf", i))
		text := strings.NewReplacer("DIR", dir, "HOST", Host, "PORT", port(p.addr), "PROTOCOL", protocol, "EXIM", exim).Replace(eximSends)
		if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), startLimit)
		cmd := command(ctx, exim, "-C", conf, "-v", "-odi", "-f", "<>", "x@n.test")
		cmd.Stdin = strings.NewReader("Subject: a test\n\nhello\n")
		said, err := cmd.CombinedOutput()
		cancel()
		if err != nil && !isExit(err) {
			t.Fatalf("%v: %s", err, said)
		}
		_, after, started := strings.Cut(string(said), "STARTTLS")
		if p.implicit {
			after, started = string(said), true
		}
		out[i] = started && strings.Contains(after, "EHLO")
		if i == 0 && !out[i] {
			t.Errorf("exim says: %s", said)
		}
	}
	return out
}

func isExit(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit)
}

// eximSends leaves all that touches TLS at its default.
const eximSends = `exim_path = EXIM
keep_environment =
primary_hostname = HOST
spool_directory = DIR/spool
log_file_path = DIR/%slog
pid_file_path = DIR/pid
begin routers
there:
  driver = manualroute
  route_list = * 127.0.0.1::PORT
  self = send
  transport = out
begin transports
out:
  driver = smtp
  protocol = PROTOCOL
  hosts_require_tls = *
  allow_localhost
`
