package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestCheckPage wants the page of a check to say how it is tested, how bad policies find it, and how each software is set.
func TestCheckPage(t *testing.T) {
	s := serve(t, Allow(nil, Ports(nil)))
	for id, want := range map[string][]string{
		"protocol-tls10": {"<code>versions</code>", `href="/policies/mail"`, "Postfix", "smtpd_tls_protocols", "Dovecot", "ssl_min_protocol", "https://www.rfc-editor.org/rfc/rfc8996"},
		"robot":          {"By trying the attack out"},
		"dane-mismatch":  {"From the DNS", "mail"},
		"weak-dh":        {"DH keys below"},
	} {
		page := s.get(t, "/checks/"+id, http.StatusOK)
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q:\n%s", id, w, page)
			}
		}
		if n := strings.Count(page, "Make the server read it"); n > strings.Count(page, `<details class="fold">`) {
			t.Errorf("%s says %d times how to make it read its configuration", id, n)
		}
	}
}
