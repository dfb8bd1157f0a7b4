package check

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// TestDROWNBeside judges a healthy server beside another that speaks SSLv2 in some way.
func TestDROWNBeside(t *testing.T) {
	ssl2 := func(names ...string) func(*evidence.Endpoint) {
		return func(e *evidence.Endpoint) {
			withTLS(e)
			e.Facts.Versions.Value = append(e.Facts.Versions.Value, tlswire.SSLv2)
			e.Facts.Suites.Value[tlswire.SSLv2] = suites(t, names...)
		}
	}
	const export, strong = "SSL_CK_RC4_128_EXPORT40_WITH_MD5", "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"
	otherKey := func(e *evidence.Endpoint) {
		ssl2(export)(e)
		e.Blobs.Certificates["leaf"].PublicKey.SHA256 = "another key"
	}
	noCertificates := func(e *evidence.Endpoint) {
		ssl2(export)(e)
		e.Facts.Certificates = evidence.Fact[[]evidence.Chain]{State: evidence.Unknown, Why: "it hung up"}
	}
	unknownVersions := func(e *evidence.Endpoint) {
		withTLS(e)
		e.Facts.Versions = evidence.Fact[[]tlswire.Version]{State: evidence.Partial, Value: e.Facts.Versions.Value,
			Open: []tlswire.Version{tlswire.SSLv2}, Why: "it hung up"}
	}
	c, _ := ByID("drown")
	for name, x := range map[string]struct {
		peer func(*evidence.Endpoint)
		want Level
	}{
		"export":          {ssl2(export), Fail},
		"no suites":       {ssl2(), Undecided},
		"strong":          {ssl2(strong), Undecided},
		"another key":     {otherKey, Pass},
		"no certificates": {noCertificates, Undecided},
		"versions open":   {unknownVersions, Undecided},
		"no SSLv2":        {withTLS, Pass},
		"closed":          {closedPort, Pass},
	} {
		t.Run(name, func(t *testing.T) {
			e := healthy(t)
			s := NewHosts(e, peers(x.peer)[0]).Subject(e)
			s.Role = policy.Relay
			if f := c.Run(s, mailPolicy(t)); f.Level != x.want {
				t.Errorf("%v: %s", f.Level, f.Message)
			}
		})
	}
}
