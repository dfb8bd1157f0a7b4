package probe

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/starttls"
	"github.com/mailtls/mailtls/tlswire"
)

// TestCarriedOut tells answers to the harmless command from farewells, errors and what comes behind an alert.
func TestCarriedOut(t *testing.T) {
	alert := &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertBadRecordMAC}
	for _, c := range []struct {
		protocol starttls.Protocol
		text     []string
		alert    *tlswire.Alert
		want     bool
	}{
		{starttls.SMTP, []string{"250 2.0.0 Ok\r\n"}, nil, true},
		{starttls.SMTP, []string{"250 2.0.0 Ok\r\n"}, alert, false},
		{starttls.SMTP, []string{"421 4.4.2 error\r\n"}, nil, false},
		{starttls.SMTP, []string{"221 Bye\r\n"}, nil, false},
		{starttls.SMTP, []string{"220 mx ESMTP\r\n"}, nil, false},
		{starttls.SMTP, nil, nil, false},
		{starttls.IMAP, []string{"* BYE Input/output error\r\n"}, nil, false},
		{starttls.IMAP, []string{"* 3 EXISTS\r\n", "m1 OK done\r\n"}, nil, true},
		{starttls.POP3, []string{"+OK\r\nTOP\r\n.\r\n"}, nil, true},
		{starttls.POP3S, []string{"-ERR [SYS/TEMP] gone\r\n"}, nil, false},
		{starttls.Sieve, []string{"OK\r\n"}, nil, true},
		{starttls.Sieve, []string{"BYE \"gone\"\r\n"}, nil, false},
	} {
		r := &evidence.Reaction{Text: c.text, Records: []evidence.Reacted{{Type: tlswire.ContentAlert, Alert: c.alert}}}
		if got := carriedOut(c.protocol, r); got != c.want {
			t.Errorf("%s, alert %v, %q: carried out %v", c.protocol, c.alert, c.text, got)
		}
	}
}
