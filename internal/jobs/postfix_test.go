package jobs

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/notify"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/report"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// post is messages of a monitor on their way to a Postfix.
type post struct {
	t       *testing.T
	store   *store.Store
	monitor *store.Monitor
	message notify.Message
	roots   *x509.CertPool
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{t: t, store: open(t, filepath.Join(t.TempDir(), "x.db")), monitor: &store.Monitor{Name: "ours", Policy: "mail", Every: time.Hour, Targets: []string{"example.org"}, Paused: true}}
	p.message = notify.Compose("mühle.example", []notify.Change{
		{Kind: notify.Grade, Trend: report.Worse, Old: "A", New: "C"},
		{Kind: notify.Finding, Place: "smtp://mx.mühle.example:25", Check: "protocol-tls10", Trend: report.Worse, Old: "good", New: "fail", Text: "offers TLS 1.0",
			Fix: []string{"postconf -e 'smtpd_tls_protocols = >=TLSv1.2'", strings.Repeat("long ", 400)}},
	}, nil, notify.Links{Report: "https://mailtls.example/scans/1", Monitor: "https://mailtls.example/monitors/1"})
	var err error
	if p.roots, err = realtest.Roots(); err == nil {
		err = p.store.AddMonitor(t.Context(), p.monitor, time.Now())
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// smtp is how the service knows the mail server at an address.
func (p *post) smtp(addr string) *channel.SMTP {
	p.t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		p.t.Fatal(err)
	}
	n, _ := strconv.Atoi(port)
	return &channel.SMTP{Host: host, Port: n, From: "mailtls <watch@mailtls.example>", TLS: &tls.Config{RootCAs: p.roots}} //nolint:gosec // as the service does
}

// write notes a message for somebody, and returns its ID.
func (p *post) write(to string) string {
	p.t.Helper()
	m := *p.monitor
	m.Mail = []string{to}
	list, err := deliveries(&m, p.message, payload{})
	var id string
	if err == nil {
		err = p.store.Tell(p.t.Context(), m.ID, list, time.Now().UTC(), func(_ *sql.Tx, ids []string) error { id = ids[0]; return nil })
	}
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// try is one try to bring a message, and returns how far it is then, and whether the queue tries again.
func (p *post) try(server *channel.SMTP, id string, attempt int) (d *store.Delivery, again bool) {
	p.t.Helper()
	w := &tellWorker{store: p.store, Watch: Watch{SMTP: server}}
	err := w.Work(p.t.Context(), &river.Job[tellArgs]{JobRow: &rivertype.JobRow{Attempt: attempt, MaxAttempts: maxTellings}, Args: tellArgs{ID: id}})
	_, cancelled := errors.AsType[*river.JobCancelError](err)
	d, failed := p.store.Delivery(p.t.Context(), id)
	if failed != nil {
		p.t.Fatal(failed)
	}
	return d, err != nil && !cancelled
}

// TestPostfix brings what a monitor has to tell to a Postfix, by both kinds of TLS, and reads it in the mailbox.
func TestPostfix(t *testing.T) {
	server, p := realtest.Start(t, realtest.Postfix{Mailbox: true}), newPost(t)
	implicit := p.smtp(server.Addr("submissions"))
	implicit.Implicit = true
	for i, smtp := range []*channel.SMTP{p.smtp(server.Addr("submission")), implicit} {
		id := p.write(realtest.Mailbox)
		if d, again := p.try(smtp, id, 1); d.State != store.Sent || again {
			t.Fatalf("%+v, tried again %v", d, again)
		}
		found := false
		for _, text := range realtest.Mails(t, server, i+1) {
			if strings.Contains(text, id) {
				if found = true; !strings.Contains(text, "SMTPS id ") {
					t.Errorf("not by TLS: %.500s", text)
				}
				p.read(text, id)
			}
		}
		if !found {
			t.Error("another message came")
		}
	}
}

// read wants a message to be as RFC 5322 and MIME have it, and to say what was written.
func (p *post) read(text, id string) {
	p.t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		p.t.Fatal(err)
	}
	for name, want := range map[string]string{"Message-Id": "<" + id + "@mailtls.example>", "Auto-Submitted": "auto-generated", "From": `"mailtls" <watch@mailtls.example>`,
		"To": "<" + realtest.Mailbox + ">", "Mime-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "quoted-printable",
		"Return-Path": "<watch@mailtls.example>"} {
		if list := m.Header[name]; len(list) != 1 || list[0] != want {
			p.t.Errorf("%s: %q, want %q once", name, list, want)
		}
	}
	if at, err := m.Header.Date(); err != nil || time.Since(at) < -time.Minute || time.Since(at) > time.Hour {
		p.t.Errorf("date %v, %v", at, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	body, errBody := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || errBody != nil || subject != p.message.Subject || strings.TrimSuffix(string(body), "\n") != strings.TrimSuffix(p.message.Body, "\n") {
		p.t.Errorf("%v, %v, subject %q, body %q", err, errBody, subject, body)
	}
	for line := range strings.Lines(text) { // RFC 5322, Section 2.1.1
		if len(strings.TrimRight(line, "\r\n")) > 78 && !strings.Contains(line, "for <") || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
			p.t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
}

// TestPostfixRefuses has messages that are refused for good, put off, and not to be brought since the server is no longer there, or nobody knows it.
func TestPostfixRefuses(t *testing.T) {
	server, p, d := realtest.Start(t, realtest.Postfix{Mailbox: true}), newPost(t), newDoor(t)
	smtp := p.smtp(server.Addr("submission"))
	stranger := p.smtp(server.Addr("submission"))
	stranger.TLS = &tls.Config{RootCAs: x509.NewCertPool()} //nolint:gosec // as the service does
	away := p.smtp(d.Addr().String())
	for _, c := range []struct {
		to   string
		by   *channel.SMTP
		why  string
		want store.Sending
	}{
		{"nobody@" + realtest.Host, smtp, ": 550 \"5.1.1 <nobody@mail.test>: Recipient address rejected", store.GivenUp},
		{"somebody@elsewhere.example", smtp, "554 \"5.7.1", store.Unsent}, // it is not set up to pass on what we send
		{realtest.PutOff, smtp, "450 \"4.2.0", store.Unsent},
		{realtest.Mailbox, stranger, "certificate", store.Unsent},
		{realtest.Mailbox, away, "mail server 127.0.0.1", store.Unsent},
	} {
		id := p.write(c.to)
		got, again := p.try(c.by, id, 1)
		if got.State != c.want || again != (c.want == store.Unsent) || got.Tries != 1 || !strings.Contains(got.Why, c.why) || strings.Contains(got.Why, id) {
			t.Errorf("%s: %+v, tried again %v; want %s, %q", c.to, got, again, c.want, c.why)
		}
		if c.to == realtest.PutOff { // as often as it may be
			if got, _ := p.try(c.by, id, maxTellings); got.State != store.GivenUp {
				t.Errorf("put off for eleven hours: %+v", got)
			}
		}
		if c.by == away { // it comes back
			d.open(server.Addr("submission"))
			if got, again := p.try(c.by, id, 2); got.State != store.Sent || again || got.Tries != 2 {
				t.Errorf("it is back: %+v, tried again %v", got, again)
			}
			if texts := realtest.Mails(t, server, 1); len(texts) != 1 || !strings.Contains(texts[0], fmt.Sprintf("<%s@mailtls.example>", id)) {
				t.Errorf("%d messages came: %q", len(texts), texts)
			}
		}
	}
}
