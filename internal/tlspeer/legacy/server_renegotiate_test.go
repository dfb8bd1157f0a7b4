package legacy

import (
	"testing"

	"github.com/mailtls/mailtls/tlswire"
)

// again asks to renegotiate, securely if the session has verify_data for that.
func again(t *testing.T, e *echo, s *Session, secure bool) (string, *Seen) {
	t.Helper()
	h := hello(e.version, e.suite)
	h.Extensions = nil
	if secure {
		h.Extensions = []tlswire.Extension{tlswire.RenegotiationInfo(s.ClientVerifyData)}
	}
	seen, err := s.Renegotiate(testContext(t), h)
	switch {
	case seen.Alert != nil:
		return seen.Alert.String(), seen
	case err != nil:
		return string(seen.End), seen
	}
	return "done", seen
}

// TestServerRenegotiates asks three times.
func TestServerRenegotiates(t *testing.T) {
	const refused, failed = "warning no_renegotiation", "fatal handshake_failure"
	for _, c := range []struct {
		title  string
		rules  Renegotiation
		secure bool
		want   [3]string
	}{
		{"none", Renegotiation{}, true, [3]string{refused, refused, refused}},
		{"none, by alert", Renegotiation{Refusal: Alert(tlswire.AlertHandshakeFailure)}, true, [3]string{failed}},
		{"none, by close", Renegotiation{Refusal: Reaction{Do: DoClose}}, true, [3]string{"closed"}},
		{"any number", Renegotiation{Accept: -1}, true, [3]string{"done", "done", "done"}},
		{"two", Renegotiation{Accept: 2}, true, [3]string{"done", "done", refused}},
		{"insecure", Renegotiation{Accept: -1}, false, [3]string{"done", "done", "done"}},
		{"insecure refused", Renegotiation{Accept: -1, SecureOnly: true}, false, [3]string{refused, refused, refused}},
	} {
		for _, v := range versions()[1:] {
			e := startEcho(t, v, "AES128-SHA", func(e *echo) {
				e.Faults.Renegotiation = c.rules
				if !c.secure {
					e.extensions = nil
				}
			})
			s := complete(t, e.addr, e.hello())
			for i, want := range c.want {
				if want == "" {
					break
				}
				got, _ := again(t, e, s, c.secure)
				if got != want {
					t.Fatalf("%s, %v, the %dth: %q, want %q", c.title, v, i+1, got, want)
				}
				if got == "done" || got == refused {
					wantEcho(t, s)
				}
			}
		}
	}
}

// TestServerRenegotiatesSSLv3 knows no such warning there.
func TestServerRenegotiatesSSLv3(t *testing.T) {
	for accept, want := range map[int]string{0: "fatal handshake_failure", -1: "done"} {
		e := startEcho(t, tlswire.SSLv3, "AES128-SHA", func(e *echo) { e.Faults.Renegotiation.Accept = accept })
		s := complete(t, e.addr, e.hello())
		if got, _ := again(t, e, s, false); got != want {
			t.Errorf("%d accepted: %q, want %q", accept, got, want)
		}
	}
}

// TestServerHoldsToRFC5746 refuses to renegotiate with somebody else, and proves who it is.
func TestServerHoldsToRFC5746(t *testing.T) {
	e := startEcho(t, tlswire.TLS12, "AES128-SHA", func(e *echo) { e.Faults.Renegotiation.Accept = -1 })
	s := complete(t, e.addr, e.hello())
	want := string(s.ClientVerifyData) + string(s.ServerVerifyData)
	_, seen := again(t, e, s, true)
	x, _ := tlswire.Find(seen.ServerHello.Extensions, tlswire.ExtensionRenegotiationInfo)
	if data, err := tlswire.ParseRenegotiationInfo(x.Data); err != nil || string(data) != want {
		t.Errorf("renegotiation_info %x, want %x", data, want)
	}
	s.ClientVerifyData[0] ^= 1
	if got, _ := again(t, e, s, true); got != "fatal handshake_failure" {
		t.Errorf("wrong verify_data: %q", got)
	}
	s = complete(t, e.addr, e.hello())
	if got, _ := again(t, e, s, false); got != "fatal handshake_failure" {
		t.Errorf("no verify_data: %q", got)
	}
}
