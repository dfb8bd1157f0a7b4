package report

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"
)

// TestDomainHTML wants pages about domains that need nothing but themselves and can be mailed.
func TestDomainHTML(t *testing.T) {
	for name, r := range map[string]*Report{
		"sound": held(soundDomain(t)).report(t), "sick": held(sickDomain(t)).report(t), "half": halfDomain(t).report(t), "null": nullDomain().report(t),
		"none": noDomain().report(t), "dead": deadDomain().report(t), "hostile": hostileDomain(t).report(t),
		"policies": Judge(sickDomain(t).report(t), mailPolicy(t), others(t), scanned.Add(day)),
		"several":  BuildDomains(soundDomain(t).report(t).Tool, soundDomain(t).report(t).Run, mailPolicy(t), domainsOf(soundDomain(t), nullDomain(), deadDomain()), append(soundDomain(t).endpoints, weak(t), healthy(t))),
	} {
		t.Run(name, func(t *testing.T) {
			text, tokens := htmlOf(t, r)
			if dir := os.Getenv("MAILTLS_PAGES"); dir != "" { // to be looked at in a browser
				if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if slices.Contains([]string{"sick", "hostile", "null"}, name) {
				golden(t, "domain-"+name+".html", []byte(text))
			}
			wellFormed(t, tokens)
			needsNothing(t, tokens)
			linked(t, tokens)
			if len(text) > 200_000 {
				t.Errorf("%d bytes", len(text))
			}
			if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%q is on the page", text[i:min(i+20, len(text))])
			}
		})
	}
}

// linked wants every link within the page to lead somewhere.
func linked(t *testing.T, tokens []html.Token) {
	t.Helper()
	ids := make(map[string]bool)
	for _, k := range tokens {
		for _, a := range k.Attr {
			if a.Key == "id" {
				ids[a.Val] = true
			}
		}
	}
	for _, k := range tokens {
		for _, a := range k.Attr {
			if id, ok := strings.CutPrefix(a.Val, "#"); ok && a.Key == "href" && !ids[id] {
				t.Errorf("there is no %q", a.Val)
			}
		}
	}
}

// TestDomainPageTellsWhatTextTells wants each finding, each reason and each line of the DNS on the page.
func TestDomainPageTellsWhatTextTells(t *testing.T) {
	for _, s := range []domainScan{sickDomain(t), halfDomain(t)} {
		r := s.report(t)
		_, tokens := htmlOf(t, r)
		var b strings.Builder
		for _, k := range tokens {
			if k.Type == html.TextToken {
				b.WriteString(k.Data + " ")
			}
		}
		text := b.String()
		for _, l := range dnsLines(s.domain, Escape, map[string]bool{}) {
			if before, _, _ := strings.Cut(l.text, ":"); !strings.Contains(text, before) {
				t.Errorf("%q is missing", l.text)
			}
		}
		own := r.endpointsOf(s.domain)
		for _, x := range sharedBlocks(r.Domains[0], own, blocks) {
			if !strings.Contains(text, x.checks[0].Title) || !strings.Contains(text, places(x.at, own, Escape)) {
				t.Errorf("%s at %s is missing", x.checks[0].ID, places(x.at, own, Escape))
			}
		}
		for _, o := range sharedUnknown(r.Domains[0], own) {
			if !strings.Contains(text, o.why) || !strings.Contains(text, places(o.at, own, Escape)) {
				t.Errorf("%q is missing", o.why)
			}
		}
	}
}
