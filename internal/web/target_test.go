package web

import "testing"

// TestTargetOf wants one form for all ways to write the same, which stays as it is when it is typed again.
func TestTargetOf(t *testing.T) {
	s := &server{Config: Config{Ports: Ports([]uint16{26})}}
	for text, want := range map[string]string{
		"example.org": "example.org", " Example.ORG. ": "example.org", "user@example.org": "example.org", "ex\u00adample.org": "example.org", "ｅxample.org": "example.org",
		"bücher.example": "xn--bcher-kva.example", "xn--bcher-kva.example": "xn--bcher-kva.example",
		"smtp://mail.example.org": "smtp://mail.example.org:25", "SMTPS://Mail.Example.org./": "submissions://mail.example.org:465",
		"imaps://[2001:db8::1]": "imaps://[2001:db8::1]:993", "imaps://[2001:0DB8:0::1]:993": "imaps://[2001:db8::1]:993", "smtp://192.0.2.1:26": "smtp://192.0.2.1:26",
		"smtp://[::ffff:192.0.2.1]": "smtp://192.0.2.1:25",
	} {
		got, err := s.targetOf(text)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
			continue
		}
		if again, err := s.targetOf(got); err != nil || again != got {
			t.Errorf("%q again: %q, %v", got, again, err)
		}
	}
	for _, text := range []string{"smtp://db01", "smtp://localhost", "smtp://127.1", "smtp://2130706433", "smtp://0x7f000001", "smtp://0177.0.0.1", "smtp://x.0x7f", "smtp://mail.example.org:22"} {
		if got, err := s.targetOf(text); err == nil {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestPorts wants each port once, in order, as people are told them.
func TestPorts(t *testing.T) {
	if got := portList(Ports([]uint16{2525, 26, 25, 2625})); got != "24, 25, 26, 110, 143, 465, 587, 993, 995, 2525, 2625, 4190" {
		t.Error(got)
	}
}
