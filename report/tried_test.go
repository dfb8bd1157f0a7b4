package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// bleeding is a server with Heartbleed, and an ugly tongue.
func bleeding(t *testing.T) *evidence.Endpoint {
	e := healthy(t)
	e.Facts.Heartbleed = evidence.Fact[evidence.Weakness]{State: evidence.Known, Value: evidence.Weakness{Found: true, Shown: []string{"it does"}}}
	sent := bytes.Repeat([]byte{0x18, 3, 3, 0}, 16)
	alert := &tlswire.Alert{Level: tlswire.AlertLevelFatal, Description: tlswire.AlertUnexpectedMessage}
	for i, r := range []*evidence.Reaction{
		{Sent: sent, Records: []evidence.Reacted{{Type: tlswire.ContentHeartbeat, Length: 40, Echo: 21}, {Type: tlswire.ContentHandshake, Length: 1}, {Type: tlswire.ContentHandshake, Length: 1}}, End: evidence.EndClosed, After: 1234567},
		{Sent: sent[:5], Records: []evidence.Reacted{{Type: tlswire.ContentAlert, Length: 2, Alert: alert}}, End: evidence.EndAlert, After: 2 * time.Second, Text: []string{"220 \x1b[2Jgone\r\n"}},
		nil,
	} {
		id := []string{"heartbleed/1", "heartbleed/2", "suites-tls1.2/1"}[i]
		e.Observations = append(e.Observations, evidence.Observation{ID: id, Offer: evidence.Offer{Version: tlswire.TLS12, Attack: evidence.Heartbleed, Vector: "beyond"}, Reaction: r})
		e.Facts.Heartbleed.From = append(e.Facts.Heartbleed.From, id)
	}
	return e
}

func TestTried(t *testing.T) {
	var b bytes.Buffer
	if err := WriteText(&b, build(t, bleeding(t)), TextOptions{Verbose: true}); err != nil {
		t.Fatal(err)
	}
	fits(t, b.String(), 80)
	for _, want := range []string{
		"  ✗ heartbleed\n    heartbleed/1, TLS 1.2, beyond\n      sent  18030300 18030300 18030300 18030300 18030300 18030300 18030300\n            18030300 ...\n" +
			"      back  heartbeat of 40 bytes that repeat 21 of what was sent, 2 times\n            handshake of 1 byte, the server closes after 1.2ms\n",
		"      sent  18030300 18\n      back  fatal alert unexpected_message, ",
		"ends it after 2s\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "\x1b") || strings.Contains(b.String(), "suites-tls1.2/1, TLS") {
		t.Errorf("what is not to be there:\n%s", b.String())
	}
	var short, page bytes.Buffer
	if err := WriteText(&short, build(t, bleeding(t)), TextOptions{}); err != nil || strings.Contains(short.String(), "18030300") {
		t.Errorf("%v, or bytes without being asked for them", err)
	}
	if err := WriteHTML(&page, build(t, bleeding(t))); err != nil || !strings.Contains(page.String(), "18030300 18; back came fatal alert unexpected_message") {
		t.Errorf("%v, or no bytes in the page", err)
	}
}
