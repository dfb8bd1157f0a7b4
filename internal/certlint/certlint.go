// Package certlint asks ZLint (github.com/zmap/zlint) which rules a certificate breaks: hundreds, of RFC 5280, the
// CA/Browser Forum and the stores of roots, each a small function with the clause it stands for.
package certlint

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

// maxDER is how many bytes a certificate may have; real ones have some thousand. It bounds the arithmetic of lints, too.
const maxDER = 1 << 14

// Lint returns the rules that a certificate in DER breaks, the gravest first, without saying of which certificate. Those
// that only public authorities are bound to are left out unless it is public. The error tells why nothing is known: ZLint
// cannot read the certificate, or gives up on it.
func Lint(der []byte, public bool) (list []evidence.Lint, err error) {
	defer func() {
		if p := recover(); p != nil { // a certificate must not end the scan, whatever it does to a lint
			list, err = nil, errors.New("a lint fails on it")
		}
	}()
	if len(der) > maxDER {
		return nil, fmt.Errorf("%d bytes, more than the %d that are looked at", len(der), maxDER)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	rules, err := rulesFor(public)
	if err != nil {
		return nil, err
	}
	found := zlint.LintCertificateEx(c, rules)
	for name, r := range found.Results {
		if level := levelOf(r.Status); level != "" {
			rule := rules.CertificateLints().ByName(name)
			list = append(list, evidence.Lint{Name: name, Level: level, Source: string(rule.Source), Citation: rule.Citation,
				Text: rule.Description, Detail: strings.ToValidUTF8(r.Details, "\uFFFD")})
		}
	}
	slices.SortFunc(list, func(a, b evidence.Lint) int {
		if a.Level != b.Level {
			return slices.Index(levels(), a.Level) - slices.Index(levels(), b.Level)
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list, nil
}

// rulesFor leaves out the lints of certificates for other purposes, and those of public authorities where they do not bind.
func rulesFor(public bool) (lint.Registry, error) {
	without := lint.SourceList{lint.CABFSMIMEBaselineRequirements, lint.CABFCSBaselineRequirements, lint.EtsiEsi}
	if !public {
		without = append(without, lint.CABFBaselineRequirements, lint.CABFEVGuidelines, lint.MozillaRootStorePolicy,
			lint.AppleRootStorePolicy, lint.ChromeRootStorePolicy, lint.RFC6962)
	}
	rules, err := lint.GlobalRegistry().Filter(lint.FilterOptions{ExcludeSources: without})
	if err != nil {
		return nil, fmt.Errorf("choosing lints: %w", err)
	}
	return rules, nil
}

// levels are those that are told, the gravest first.
func levels() []string { return []string{"error", "warning", "notice"} }

func levelOf(s lint.LintStatus) string {
	switch s {
	case lint.Fatal, lint.Error:
		return "error"
	case lint.Warn:
		return "warning"
	case lint.Notice:
		return "notice"
	}
	return ""
}
