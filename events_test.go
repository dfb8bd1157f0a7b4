package mailtls_test

import (
	"net"
	"slices"
	"testing"
	"time"

	"github.com/mailtls/mailtls"
)

// TestEventsBeforeAnswers wants to be told what is asked before a server has answered: here it does so no sooner than the events came.
func TestEventsBeforeAnswers(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	told := make(chan struct{})
	go func() {
		<-told
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.Close()
		}
	}()
	var texts []string
	_, err = mailtls.Scan(t.Context(), "smtp://"+net.JoinHostPort("localhost", port), &mailtls.Config{Quick: true, IPVersion: 4, Timeout: 20 * time.Second, Events: func(e mailtls.Event) {
		if texts = append(texts, e.Target.Protocol+": "+e.Text); e.Text == "connecting" {
			close(told)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{": asking the DNS", ": 1 address", "smtp: connecting"}
	if len(texts) < 3 || !slices.Equal(texts[:3], want) {
		t.Errorf("told %q, want %q first", texts, want)
	}
}
