package tlswire

import "testing"

func TestSniff(t *testing.T) {
	cases := []struct {
		name  string
		input string
		want  Framing
	}{
		{"nothing", "", FramingUndecided},
		{"first byte of a record", "\x16", FramingUndecided},
		{"handshake record", "\x16\x03", FramingTLS},
		{"alert", "\x15\x03\x01\x00\x02\x02\x28", FramingTLS},
		{"SSLv2 cut short", "\x80\x2e", FramingUndecided},
		{"SSLv2 client hello", "\x80\x2e\x01", FramingSSLv2},
		{"SSLv2 server hello", "\x84\x00\x04", FramingSSLv2},
		{"SSLv2 error", "\x80\x03\x00\x00\x01", FramingSSLv2},
		{"SSLv2 server hello with 3-byte header", "\x04\x00\x00\x04", FramingSSLv2},
		{"SSLv2 record whose length looks like a content type", "\x16\x02\x00\x04", FramingSSLv2},
		{"SSLv2 message that is never first", "\x80\x03\x05", FramingNone},
		{"SMTP reply cut short", "421", FramingUndecided},
		{"SMTP reply", "421 4.7.0", FramingNone},
		{"IMAP reply", "* OK", FramingNone},
		{"POP3 reply", "-ERR", FramingNone},
		{"UTF-8", "\xe2\x9c\x93", FramingNone},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Sniff([]byte(c.input)); got != c.want {
				t.Errorf("Sniff(%q) = %v, want %v", c.input, got, c.want)
			}
		})
	}
}

func TestSniffNeedsFourBytes(t *testing.T) {
	for first := range 256 {
		for second := range 256 {
			if got := Sniff([]byte{byte(first), byte(second), 'a', 'b'}); got == FramingUndecided {
				t.Fatalf("bytes %02x %02x: undecided", first, second)
			}
		}
	}
}
