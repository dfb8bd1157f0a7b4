package report

import (
	"bytes"
	"strings"
	"testing"
)

func TestDomainText(t *testing.T) {
	for _, c := range []struct {
		name string
		scan domainScan
		opt  TextOptions
	}{
		{"sound-80", soundDomain(t), TextOptions{}},
		{"sound-120-verbose", soundDomain(t), TextOptions{Width: 120, Verbose: true}},
		{"sick-80", sickDomain(t), TextOptions{}},
		{"sick-80-colour", sickDomain(t), TextOptions{Color: true}},
		{"sick-80-plain", sickDomain(t), TextOptions{Plain: true}},
		{"sick-120", sickDomain(t), TextOptions{Width: 120}},
		{"half-80", halfDomain(t), TextOptions{}},
		{"half-120", halfDomain(t), TextOptions{Width: 120}},
		{"null-80", nullDomain(), TextOptions{}},
		{"null-120", nullDomain(), TextOptions{Width: 120}},
		{"none-80", noDomain(), TextOptions{}},
		{"dead-80", deadDomain(), TextOptions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := domainText(t, c.scan.report(t), c.opt)
			golden(t, "domain-"+c.name+".txt", []byte(got))
			fits(t, got, max(c.opt.Width, 80))
			if c.opt.Plain && strings.ContainsFunc(got, func(r rune) bool { return r > '~' }) {
				t.Error("plain text has other characters than ASCII")
			}
		})
	}
}

func domainText(t *testing.T, r *Report, opt TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteText(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
