package realtest

import (
	"strings"

	"github.com/mailtls/mailtls/tlswire"
)

// javaVersions are Java's names of the versions.
var javaVersions = map[string]tlswire.Version{
	"SSLv3": tlswire.SSLv3, "TLSv1": tlswire.TLS10, "TLSv1.1": tlswire.TLS11, "TLSv1.2": tlswire.TLS12, "TLSv1.3": tlswire.TLS13,
}

// want is the configured list: Java accepts what it is told to, in that order.
func (j Java) want(w Want) error {
	for _, name := range j.Versions {
		v := javaVersions[name]
		var accepted []tlswire.Suite
		for _, suite := range j.Suites {
			// Java calls what SSLv3 already had by the names of then.
			iana := "TLS_" + strings.TrimPrefix(strings.TrimPrefix(suite, "SSL_"), "TLS_")
			s, err := suiteNamed(iana)
			if err != nil {
				return err
			}
			lowest, highest := javaRange(iana)
			if lowest <= v && v <= highest && usable(iana, j.Keys) {
				accepted = append(accepted, s)
			}
		}
		w.add(v, accepted, serverOrder(j.ServerOrder))
	}
	return nil
}

// javaRange is the versions in which Java uses a suite: RFC 5246, Appendix A.5, for the suites that came with TLS 1.2;
// RFC 4346, Appendix A.5, ended the export suites; and RFC 5246 those with DES.
func javaRange(iana string) (lowest, highest tlswire.Version) {
	switch {
	case !strings.Contains(iana, "_WITH_"):
		return tlswire.TLS13, tlswire.TLS13
	case strings.HasSuffix(iana, "_SHA256"), strings.HasSuffix(iana, "_SHA384"):
		return tlswire.TLS12, tlswire.TLS12
	case strings.Contains(iana, "_EXPORT_"):
		return tlswire.SSLv3, tlswire.TLS10
	case strings.Contains(iana, "_WITH_DES_"):
		return tlswire.SSLv3, tlswire.TLS11
	}
	return tlswire.SSLv3, tlswire.TLS12
}
