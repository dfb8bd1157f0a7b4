package realtest

import (
	"context"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// want asks "openssl ciphers" for each version.
func (o OpenSSL) want(ctx context.Context, w Want) error {
	for v := max(o.Min, tlswire.TLS10); v <= tlswire.TLS13; v++ {
		if o.Max != 0 && v > o.Max {
			break
		}
		// SSL_CTX_set_security_level(3): TLS 1.1 and older need level 0. "openssl ciphers" does not know.
		if v < tlswire.TLS12 && !strings.Contains(o.Ciphers, "@SECLEVEL=0") {
			continue
		}
		suites, err := o.ciphers(ctx, v)
		if err != nil {
			return err
		}
		w.add(v, suites, o.preference(suites))
	}
	return nil
}

func (o OpenSSL) preference(suites []tlswire.Suite) evidence.Preference {
	if o.ServerOrder && o.PrioritizeChaCha {
		for _, s := range suites {
			if strings.Contains(s.String(), "CHACHA20") {
				return evidence.ServerOrderChaCha
			}
		}
	}
	return serverOrder(o.ServerOrder)
}

// ciphers is what the version accepts, best first.
func (o OpenSSL) ciphers(ctx context.Context, v tlswire.Version) ([]tlswire.Suite, error) {
	// Without -s it lists what the version cannot use.
	args := []string{"ciphers", "-s", "-v", "-stdname", map[tlswire.Version]string{
		tlswire.TLS10: "-tls1", tlswire.TLS11: "-tls1_1", tlswire.TLS12: "-tls1_2", tlswire.TLS13: "-tls1_3",
	}[v]}
	if o.CipherSuites != "" {
		args = append(args, "-ciphersuites", o.CipherSuites)
	}
	if o.Ciphers != "" {
		args = append(args, o.Ciphers)
	}
	out, err := capture(ctx, noSystemPolicy, "openssl", args...)
	if err != nil {
		return nil, err
	}
	var suites []tlswire.Suite
	for line := range strings.Lines(out) {
		name, _, _ := strings.Cut(line, " ")
		if !usable(name, o.Keys) {
			continue
		}
		s, err := suiteNamed(name)
		if err != nil {
			return nil, err
		}
		suites = append(suites, s)
	}
	return suites, nil
}
