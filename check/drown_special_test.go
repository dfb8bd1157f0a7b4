package check

import (
	"testing"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// TestSpecialDROWN judges servers with SSLv2 that list long keys, or nothing, by what was tried out.
func TestSpecialDROWN(t *testing.T) {
	found := evidence.Fact[evidence.Weakness]{State: evidence.Known, Value: evidence.Weakness{Found: true, Shown: []string{"takes anything"}}}
	withstands := evidence.Fact[evidence.Weakness]{State: evidence.Known}
	open := evidence.Fact[evidence.Weakness]{State: evidence.Unknown, Why: "it hung up"}
	for name, x := range map[string]struct {
		names []string
		tried evidence.Fact[evidence.Weakness]
		want  evidence.Answer
	}{
		"long keys, and a fault":       {[]string{"SSL_CK_RC4_128_WITH_MD5"}, found, evidence.Yes},
		"long keys, without one":       {[]string{"SSL_CK_RC4_128_WITH_MD5"}, withstands, evidence.No},
		"long keys, not known":         {[]string{"SSL_CK_RC4_128_WITH_MD5"}, open, evidence.Unsure},
		"short keys, without a fault":  {[]string{"SSL_CK_DES_64_CBC_WITH_MD5"}, withstands, evidence.Yes},
		"no suite, and takes some":     {nil, found, evidence.Yes},
		"no suite, and takes none":     {nil, withstands, evidence.No},
		"no suite, and nobody tried":   {nil, evidence.Fact[evidence.Weakness]{}, evidence.Unsure},
		"no suite, and it said little": {nil, open, evidence.Unsure},
	} {
		e := healthy(t)
		e.Facts.Versions.Value = append(e.Facts.Versions.Value, tlswire.SSLv2)
		e.Facts.Suites.Value[tlswire.SSLv2] = suites(t, x.names...)
		e.Facts.SpecialDROWN = x.tried
		if got, why := helpsDROWN(e); got != x.want {
			t.Errorf("%s: %v (%s), want %v", name, got, why, x.want)
		}
	}
}
