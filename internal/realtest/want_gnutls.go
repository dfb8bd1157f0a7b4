package realtest

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// gnuTLSVersions are the names in gnutls-cli's list of suites; its list of protocols has them with VERS- in front.
var gnuTLSVersions = map[string]tlswire.Version{
	"SSL3.0": tlswire.SSLv3, "TLS1.0": tlswire.TLS10, "TLS1.1": tlswire.TLS11, "TLS1.2": tlswire.TLS12, "TLS1.3": tlswire.TLS13,
}

// gnuTLSLine is a suite: GnuTLS's name, the code point, the lowest version.
var gnuTLSLine = regexp.MustCompile(`(?m)^TLS_\S+\s+0x(..), 0x(..)\s+(\S+)$`)

// gnuTLSProtocols is the list of versions.
var gnuTLSProtocols = regexp.MustCompile(`(?m)^Protocols: (.*)$`)

// A ranked is a suite with the lowest version it can be used in.
type ranked struct {
	suite  tlswire.Suite
	lowest tlswire.Version
}

// want asks "gnutls-cli --list" what the priority string stands for.
func (g GnuTLS) want(ctx context.Context, w Want) error {
	out, err := capture(ctx, nil, "gnutls-cli", "--list", "--priority", g.Priority)
	if err != nil {
		return err
	}
	suites, err := g.suites(out)
	if err != nil {
		return err
	}
	protocols := gnuTLSProtocols.FindStringSubmatch(out)
	if protocols == nil {
		return fmt.Errorf("gnutls-cli lists no protocols for %q", g.Priority)
	}
	for _, name := range strings.Split(protocols[1], ", ") {
		v, ok := gnuTLSVersions[strings.TrimPrefix(name, "VERS-")]
		if !ok {
			continue // DTLS
		}
		var accepted []tlswire.Suite
		for _, s := range suites {
			if (v == tlswire.TLS13) == (s.lowest == tlswire.TLS13) && s.lowest <= v {
				accepted = append(accepted, s.suite)
			}
		}
		w.add(v, accepted, serverOrder(strings.Contains(g.Priority, "%SERVER_PRECEDENCE")))
	}
	return nil
}

// suites reads the list, without what the certificates rule out.
func (g GnuTLS) suites(list string) ([]ranked, error) {
	var suites []ranked
	for _, m := range gnuTLSLine.FindAllStringSubmatch(list, -1) {
		code, err := strconv.ParseUint(m[1]+m[2], 16, 16)
		lowest, ok := gnuTLSVersions[m[3]]
		if err != nil || !ok {
			return nil, fmt.Errorf("gnutls-cli writes %q", m[0])
		}
		if s := tlswire.Suite(code); usable(s.String(), g.Keys) {
			suites = append(suites, ranked{s, lowest})
		}
	}
	return suites, nil
}
