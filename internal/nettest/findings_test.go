package nettest

import (
	"slices"
	"strings"
	"testing"

	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/report"
)

// noPolicy is what is to be said of a policy that could not be fetched from here.
const noPolicy = "mta-sts-policy-unreachable undecided, mta-sts-mode-testing undecided, mta-sts-mode-none undecided, mta-sts-max-age-low undecided, " +
	"mta-sts-wildcard-host-cert undecided, mta-sts-mx-mismatch undecided, mta-sts-cert undecided"

// findings are what is to be found amiss about domains, of those that are in it; of the others, nothing.
var findings = map[string]string{
	"alias":          "dane-cname-mx warn",
	"aliasopen":      "dane-cname-mx warn, dane-mismatch fail",
	"aliasown":       "dane-cname-mx warn, dane-mismatch fail",
	"badsize":        "dane-unusable warn",
	"badtype":        "dane-unusable warn",
	"badusage":       "dane-unusable warn",
	"bogus":          "dnssec-bogus fail, dane-missing undecided, dane-partial undecided, dane-denial-broken undecided",
	"broken454":      "dane-no-starttls fail",
	"called":         "dane-missing warn",
	"calledelse":     "dane-missing warn",
	"callednothing":  "dane-missing warn",
	"calledtwice":    "dane-missing warn",
	"cert":           "dane-weak-param warn",
	"clear":          "dane-no-starttls fail",
	"denial":         "dane-missing undecided, dane-partial undecided, dane-denial-broken fail",
	"digests":        "dane-mismatch fail",
	"dname":          "dane-cname-mx warn",
	"expired":        "dnssec-bogus fail, dane-missing undecided, dane-partial undecided, dane-denial-broken undecided",
	"forclients":     "dane-mismatch fail",
	"full":           "dane-weak-param warn",
	"halfdual":       "dane-mismatch fail",
	"homeless":       "mx-unusable fail, dane-missing warn",
	"literal":        "mx-unusable fail",
	"mxwild":         "dane-missing warn",
	"nomail":         "mx-missing warn",
	"none":           "dane-missing warn",
	"nsec3none":      "dane-missing warn",
	"nullmix":        "mx-unusable fail",
	"partial":        "dane-partial warn",
	"pkix":           "dane-pkix-usage warn",
	"pkixwrong":      "dane-mismatch fail",
	"reports2":       "tlsrpt-invalid warn",
	"stsbadid":       "mta-sts-txt-invalid warn",
	"stsboth":        "dane-mismatch fail, mta-sts-mx-mismatch fail",
	"stscertname":    "mta-sts-cert fail",
	"stsclear":       "mta-sts-cert fail",
	"stsclients":     "mta-sts-cert fail",
	"stscommon":      "mta-sts-cert fail",
	"stsdeep":        "mta-sts-mx-mismatch fail",
	"stsempty":       "mta-sts-policy-unreachable warn",
	"stsendless":     "mta-sts-policy-unreachable warn",
	"stsexpired":     "mta-sts-cert fail",
	"stshomeless":    "mta-sts-policy-unreachable warn",
	"stshtml":        "mta-sts-policy-unreachable warn",
	"stshuge":        "mta-sts-policy-unreachable warn",
	"stsincomplete":  "mta-sts-cert fail",
	"stsmaxage":      "mta-sts-policy-unreachable warn",
	"stsmismatch":    "mta-sts-mx-mismatch fail",
	"stsmissing":     "mta-sts-policy-unreachable warn",
	"stsmode":        "mta-sts-policy-unreachable warn",
	"stsnoid":        "mta-sts-txt-invalid warn",
	"stsnomx":        "mta-sts-policy-unreachable warn",
	"stsnotype":      "mta-sts-policy-unreachable warn",
	"stsredirect":    "mta-sts-policy-unreachable warn",
	"stsself":        "mta-sts-cert fail",
	"stsshort":       "mta-sts-policy-unreachable warn",
	"stsmute":        noPolicy,
	"stssilent":      noPolicy,
	"ststestingbad":  "mta-sts-mx-mismatch warn",
	"ststwo":         "mta-sts-txt-invalid warn",
	"stsversion":     "mta-sts-policy-unreachable warn",
	"stswebname":     "mta-sts-policy-unreachable warn",
	"stswebold":      "mta-sts-policy-unreachable warn",
	"stswebself":     "mta-sts-policy-unreachable warn",
	"stszero":        "mta-sts-max-age-low warn",
	"taexpired":      "dane-mismatch fail",
	"tahidden":       "dane-mismatch fail, dane-ta-not-in-chain fail",
	"taname":         "dane-mismatch fail, dane-ta-name-mismatch fail",
	"taown":          "dane-mismatch fail, dane-ta-not-in-chain fail",
	"tarootunsent":   "dane-mismatch fail, dane-ta-not-in-chain fail",
	"taself":         "dane-mismatch fail, dane-ta-not-in-chain fail",
	"tawrong":        "dane-mismatch fail, dane-ta-not-in-chain fail",
	"tlsaaliasbogus": "dane-missing undecided, dane-partial undecided, dane-denial-broken fail",
	"tlsaaliasopen":  "dane-missing warn",
	"tlsabogus":      "dnssec-bogus fail",
	"twokeys":        "dane-mismatch fail",
	"wrong":          "dane-mismatch fail",
}

// usual are findings about what no domain was made to have.
var usual = []string{"srv-missing", "tlsrpt-missing", "caa-missing", "dane-no-rollover"}

// checkFindings wants the findings about a domain that matter, and no others.
func (d domain) checkFindings(t *testing.T, got report.Domain) {
	t.Helper()
	var list []string
	for _, f := range got.Findings {
		if f.Level == check.Pass || f.Level == check.NotApplicable || slices.Contains(usual, f.Check) || d.site != nil && f.Check == "dane-missing" {
			continue
		}
		list = append(list, f.Check+" "+f.Level.String())
	}
	if said := strings.Join(list, ", "); said != findings[d.name] {
		t.Errorf("findings: %s; want: %s", said, findings[d.name])
	}
}
