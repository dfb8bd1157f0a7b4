package realtest

import (
	"context"
	"flag"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// allConfigs is for who changes the table; it takes minutes.
var allConfigs = flag.Bool("all-configs", false, "check every configuration with a foreign client, not a sample")

// sample has something of each stack, and every kind of preference.
var sample = []string{
	"openssl/default, two certificates", "openssl/ChaCha20 for who wants it", "gnutls/NORMAL, two certificates, server order",
	"gnutls/RC4 and 3DES", "nss/default, two certificates", "java/today",
}

// What Config.Want claims is tested with a client of another maker than both. It offers all that OpenSSL knows, then all but
// what the server has picked, until it is refused.
func TestWantHoldsForOpenSSLsClient(t *testing.T) {
	if testing.Short() {
		t.Skip("makes hundreds of handshakes with openssl s_client")
	}
	t.Parallel()
	Need(t, "openssl")
	for _, c := range Configs() {
		if !*allConfigs && !slices.Contains(sample, c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			server := Start(t, c.Server)
			want, err := c.Want(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for v := tlswire.TLS10; v <= tlswire.TLS13; v++ {
				client := foreignClient{t.Context(), server.Addr("tls"), v, OpenSSL{Keys: bothKeys, Ciphers: "ALL:COMPLEMENTOFALL:@SECLEVEL=0",
					CipherSuites: "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"}}
				client.check(t, want)
			}
		})
	}
}

// A foreignClient is openssl s_client bound to one version.
type foreignClient struct {
	ctx     context.Context
	addr    string
	version tlswire.Version
	knows   OpenSSL
}

func (c foreignClient) check(t *testing.T, want Want) {
	t.Helper()
	known, err := c.knows.ciphers(c.ctx, c.version)
	if err != nil {
		t.Fatal(err)
	}
	var others, configured []tlswire.Suite
	for _, s := range known {
		if !slices.Contains(want.Suites[c.version], s) {
			others = append(others, s)
		}
	}
	for _, s := range want.Suites[c.version] {
		if slices.Contains(known, s) {
			configured = append(configured, s)
		}
	}
	// What must not be accepted stands first, and the rest in the opposite order, which must not matter to a server with its own.
	worst := slices.Clone(configured)
	slices.Reverse(worst)
	accepted := c.order(append(others, worst...))
	if want.Preference[c.version] == evidence.ClientOrder {
		slices.Sort(accepted)
		slices.Sort(configured)
	}
	if diff := cmp.Diff(configured, accepted); diff != "" {
		t.Errorf("%v: wanted (-), seen by openssl s_client (+):\n%s", c.version, diff)
	}
}

// order is the suites as the server picks them, until it refuses those that are left.
func (c foreignClient) order(offer []tlswire.Suite) []tlswire.Suite {
	var order []tlswire.Suite
	// ChaCha20 last, lest a server takes it for our preference.
	slices.SortStableFunc(offer, func(a, b tlswire.Suite) int { return boolToInt(isChaCha(a)) - boolToInt(isChaCha(b)) })
	for len(offer) > 0 {
		picked := c.pick(offer...)
		if picked == 0 {
			return order
		}
		order = append(order, picked)
		if !slices.Contains(offer, picked) {
			return order
		}
		offer = slices.DeleteFunc(offer, func(s tlswire.Suite) bool { return s == picked })
	}
	return order
}

func isChaCha(s tlswire.Suite) bool { return strings.Contains(s.String(), "CHACHA20") }

func boolToInt(b bool) int { return map[bool]int{true: 1}[b] }

// sessionCipher is the line that s_client writes of a connection, even one whose handshake failed (then it is 0000).
var sessionCipher = regexp.MustCompile(`(?m)^New, \S+, Cipher is (\S+)$`)

// pick offers the suites and tells which one the server took; zero if none.
func (c foreignClient) pick(offer ...tlswire.Suite) tlswire.Suite {
	var names []string
	for _, s := range offer {
		info, _ := s.Info()
		names = append(names, info.OpenSSL)
	}
	flag, list := "-cipher", strings.Join(names, ":")+":@SECLEVEL=0"
	if c.version == tlswire.TLS13 {
		flag, list = "-ciphersuites", strings.Join(names, ":")
	}
	path, _ := Lookup("openssl")
	cmd := command(c.ctx, path, "s_client", "-connect", c.addr, "-min_protocol", openSSLVersions[c.version], "-max_protocol",
		openSSLVersions[c.version], flag, list)
	cmd.Env = append(cmd.Environ(), noSystemPolicy...)
	out, _ := cmd.Output() // it fails when the handshake does
	m := sessionCipher.FindSubmatch(out)
	if m == nil {
		return 0
	}
	s, _ := tlswire.SuiteByName(string(m[1]))
	return s
}
