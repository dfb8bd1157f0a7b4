package realtest

import (
	"context"
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// Config is one configuration of a TLS stack.
type Config struct {
	// Name is unique, and begins with the stack: "openssl/everything".
	Name string
	// Server is the stack's test server: OpenSSL, GnuTLS, NSS or Java.
	Server Starter
}

// Want is what a configuration must be found to accept.
type Want struct {
	// Suites are the suites of each version it speaks, in the server's order where that decides.
	Suites map[tlswire.Version][]tlswire.Suite
	// Preference is whose order decides in each version with at least two suites.
	Preference map[tlswire.Version]evidence.Preference
}

// Configs is the table: 20 or more for OpenSSL and GnuTLS, 10 or more for NSS and Java.
func Configs() []Config {
	var all []Config
	for _, list := range [][]Config{openSSLConfigs, gnuTLSConfigs, nssConfigs, javaConfigs} {
		all = append(all, list...)
	}
	return all
}

// Want works out what the configuration means. It asks the stack's own tools what a cipher string stands for and in
// which order, never a scanner; what the server's certificates rule out follows from RFC 5246, Section 7.4.2. The error
// is a *MissingError where a tool is missing.
func (c Config) Want(ctx context.Context) (Want, error) {
	w := Want{Suites: make(map[tlswire.Version][]tlswire.Suite), Preference: make(map[tlswire.Version]evidence.Preference)}
	var err error
	switch s := c.Server.(type) {
	case OpenSSL:
		err = s.want(ctx, w)
	case GnuTLS:
		err = s.want(ctx, w)
	case NSS:
		err = s.want(ctx, w)
	case Java:
		err = s.want(w)
	default:
		err = fmt.Errorf("no way to know what %T accepts", s)
	}
	if err != nil {
		return Want{}, fmt.Errorf("working out what %s accepts: %w", c.Name, err)
	}
	return w, nil
}

// add enters a version's suites, unless there are none.
func (w Want) add(v tlswire.Version, suites []tlswire.Suite, p evidence.Preference) {
	if len(suites) == 0 {
		return
	}
	w.Suites[v] = suites
	if len(suites) > 1 {
		w.Preference[v] = p
	}
}

// serverOrder is the preference of a stack that knows two.
func serverOrder(server bool) evidence.Preference {
	if server {
		return evidence.ServerOrder
	}
	return evidence.ClientOrder
}

// usable says whether a server with these keys can use the suite of this IANA name. It knows the key exchanges that the
// stacks here implement without further configuration: neither PSK, SRP nor DSS.
func usable(name string, keys []Key) bool {
	exchange, _, old := strings.Cut(strings.TrimPrefix(name, "TLS_"), "_WITH_")
	if !old {
		return true // TLS 1.3: any certificate will do
	}
	switch exchange {
	case "RSA", "DHE_RSA", "ECDHE_RSA", "RSA_EXPORT":
		return has(keys, RSA)
	case "ECDHE_ECDSA":
		return has(keys, ECDSA)
	case "DH_anon", "ECDH_anon":
		return true
	}
	return false
}

func has(keys []Key, kind Key) bool {
	for _, k := range orRSA(keys) {
		if k == kind {
			return true
		}
	}
	return false
}

// suiteNamed finds a suite by its IANA name.
func suiteNamed(name string) (tlswire.Suite, error) {
	s, ok := tlswire.SuiteByName(name)
	if !ok {
		return 0, fmt.Errorf("unknown suite %q", name)
	}
	return s, nil
}
