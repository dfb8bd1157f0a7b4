package channel

import (
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/internal/notify"
)

func (s *taker) smtp() *SMTP {
	return &SMTP{Host: "127.0.0.1", Port: s.port, From: "mailtls <watch@example.org>", User: "u", Password: "p", TLS: &tls.Config{RootCAs: s.roots}}
}

// TestMail hands a message to a mail server, inside TLS, and reads it there.
func TestMail(t *testing.T) {
	s := newTaker(t)
	m := notify.Message{Subject: "mühle.example: C (was A)", Body: "one\n.\ntwo: mühle\n" + strings.Repeat("long ", 300) + "\n"}
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	if err := s.smtp().Check(); err != nil {
		t.Fatal(err)
	}
	if err := s.smtp().Send(t.Context(), "a@example.org", "d1", at, m); err != nil {
		t.Fatal(err)
	}
	if len(s.mails) != 1 {
		t.Fatalf("%d mails", len(s.mails))
	}
	got := s.mails[0]
	if !got.tls || got.auth != "\x00u\x00p" || !strings.HasPrefix(got.from, "MAIL FROM:<watch@example.org>") || got.to != "RCPT TO:<a@example.org>;" {
		t.Errorf("got %+v", got)
	}
	read, err := mail.ReadMessage(strings.NewReader(got.text))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	body, errBody := io.ReadAll(quotedprintable.NewReader(read.Body))
	if err != nil || errBody != nil || subject != m.Subject || strings.ReplaceAll(string(body), "\r\n", "\n") != m.Body {
		t.Errorf("%v, %v, subject %q, body %q", err, errBody, subject, body)
	}
	if id := read.Header.Get("Message-Id"); id != "<d1@example.org>" || read.Header.Get("Auto-Submitted") != "auto-generated" || read.Header.Get("Date") != "Thu, 26 Nov 2026 12:00:00 +0000" {
		t.Errorf("headers %v", read.Header)
	}
}

// TestMailNeedsTLS wants nothing sent in the clear, to a stranger, or to nobody.
func TestMailNeedsTLS(t *testing.T) {
	s := newTaker(t)
	stranger := s.smtp()
	stranger.TLS = nil
	if err := stranger.Send(t.Context(), "a@example.org", "d1", time.Now(), notify.Message{}); err == nil {
		t.Error("sent to a server whose certificate nobody trusts")
	}
	s.plain = true
	if err := s.smtp().Send(t.Context(), "a@example.org", "d1", time.Now(), notify.Message{}); err == nil {
		t.Error("sent without TLS")
	}
	open := s.smtp()
	open.Plain = true
	if err := open.Check(); err == nil {
		t.Error("a password in the clear")
	}
	if len(s.mails) > 0 {
		t.Fatalf("taken: %+v", s.mails)
	}
	open.User, open.Password = "", ""
	if err := open.Send(t.Context(), "a@example.org", "d1", time.Now(), notify.Message{Subject: "x"}); err != nil || len(s.mails) != 1 || s.mails[0].tls {
		t.Errorf("as it was told: %v, %+v", err, s.mails)
	}
	s.deny = "550 5.1.1 no such user"
	if err := open.Send(t.Context(), "b@example.org", "d2", time.Now(), notify.Message{}); err == nil || !strings.Contains(err.Error(), "550") {
		t.Errorf("error %v", err)
	}
}

// TestMailHostile wants no header and no recipient that is not meant.
func TestMailHostile(t *testing.T) {
	s := newTaker(t)
	m := notify.Message{Subject: "a\r\nBcc: evil@example.org\r\n\r\nx", Body: "\r\n.\r\nMAIL FROM:<evil@example.org>\r\n"}
	if err := s.smtp().Send(t.Context(), "a@example.org", "d1", time.Now(), m); err != nil {
		t.Fatal(err)
	}
	if len(s.mails) != 1 {
		t.Fatalf("%d mails", len(s.mails))
	}
	read, err := mail.ReadMessage(strings.NewReader(s.mails[0].text))
	if err != nil || read.Header.Get("Bcc") != "" || strings.Contains(s.mails[0].to, "evil") {
		t.Errorf("%v, %+v", err, s.mails[0])
	}
	for _, to := range []string{"", "a", "a@b, c@d", "A <a@b>", "a@b\r\nRCPT TO:<c@d>", "a@b>", "<a@b>", strings.Repeat("a", 300) + "@b", `"a b"@c`, "a@b\x00"} {
		if got, err := Address(to); err == nil {
			t.Errorf("%.40q is read as %q", to, got)
		}
	}
	for _, to := range []string{"a@example.org", "a+b@example.org", "postmaster@[192.0.2.1]"} {
		if _, err := Address(to); err != nil {
			t.Error(err)
		}
	}
}

// TestMailTaken wants a mail that was taken to count as brought, though the server hangs up right behind it.
func TestMailTaken(t *testing.T) {
	s := newTaker(t)
	s.rude = true
	if err := s.smtp().Send(t.Context(), "a@example.org", "d1", time.Now(), notify.Message{Subject: "x", Body: "y\n"}); err != nil || len(s.mails) != 1 {
		t.Errorf("%v, %d mails", err, len(s.mails))
	}
}

// TestMailRefused gives up what is refused for what it is, and nothing that settings may mend.
func TestMailRefused(t *testing.T) {
	for _, c := range []struct {
		deny, spurn string
		final       bool
	}{
		{"550 5.1.1 no such user", "", true},
		{"550-5.1.1 no such user\r\n550 5.1.1 really", "", true},
		{"556 5.1.10 it takes no mail", "", true},
		{"550 5.2.1 closed", "", true},
		{"554 5.7.1 relay access denied", "", false},
		{"553 5.7.1 the sender is not yours", "", false},
		{"550 5.1.0 sender rejected: user unknown", "", false},
		{"553 5.1.7 bad sender", "", false},
		{"550 5.1.8 no such domain of the sender", "", false},
		{"550 no such user", "", false},
		{"550 no client [5.1.1.2]", "", false},
		{"550 5.1.1.2 is listed", "", false},
		{"450 4.1.1 not now", "", false},
		{"450 5.1.1 not now", "", false},
		{"552 5.2.2 full", "", false},
		{"", "552 5.2.3 too long", true},
		{"", "552 5.3.4 too big", true},
		{"", "554 5.6.0 nonsense", true},
		{"", "554 5.7.1 looks like junk", false},
		{"", "550 5.1.1 no such user", false},
		{"", "554 no", false},
	} {
		s := newTaker(t)
		s.plain, s.codes, s.deny, s.spurn = true, true, c.deny, c.spurn
		server := &SMTP{Host: "127.0.0.1", Port: s.port, From: "watch@example.org", Plain: true}
		err := server.Send(t.Context(), "a@example.org", "d1", time.Now(), notify.Message{Subject: "x", Body: "y\n"})
		if _, final := errors.AsType[Refusal](err); err == nil || final != c.final {
			t.Errorf("%q %q: %v, for good %v", c.deny, c.spurn, err, final)
		}
	}
}
