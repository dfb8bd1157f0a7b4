package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/cipherstring"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
	"github.com/spf13/cobra"
)

const ciphersExample = `  mailtls ciphers 'HIGH:!aNULL:!MD5'
  mailtls ciphers --openssl 1.0.2 'ALL:!ADH:!LOW:!EXP:@STRENGTH'
  mailtls ciphers --gnutls 'NORMAL:-VERS-TLS1.0'`

func (a *app) ciphersCommand() *cobra.Command {
	format := choice{value: "text", words: []string{"text", "json"}}
	version := choice{value: string(cipherstring.OpenSSL3)}
	for _, v := range cipherstring.OpenSSLVersions() {
		version.words = append(version.words, string(v))
	}
	gnutls := false
	cmd := &cobra.Command{
		Use:   "ciphers [flags] STRING",
		Short: "Which cipher suites does this setting enable?",
		Long: "Show which cipher suites a cipher list of OpenSSL or a priority string of GnuTLS\nenables, in their order, what the " +
			"policy mail thinks of each, and what it would\nadvise instead. Nothing is scanned, and neither library is needed.",
		Example: ciphersExample,
		Args:    takes(1, 1, "a cipher list or priority string, in quotes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if gnutls && cmd.Flags().Changed("openssl") {
				return usageError{fmt.Errorf("--openssl and --gnutls exclude each other")}
			}
			v := cipherstring.OpenSSLVersion(version.value)
			if gnutls {
				v = ""
			}
			j, err := judgeCiphers(v, args[0])
			if err != nil {
				return err
			}
			if format.value == "json" {
				return a.ciphersJSON(j)
			}
			a.ciphersText(j)
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().Var(&version, "openssl", "version whose cipher lists they are")
	cmd.Flags().BoolVar(&gnutls, "gnutls", false, "it is a priority string of GnuTLS")
	group(cmd.Flags(), "How to read it", "openssl", "gnutls")
	cmd.Flags().Var(&format, "format", "how to write the answer")
	group(cmd.Flags(), "How to report", "format")
	return cmd
}

// judgedCiphers is what a string enables and what the policy says.
type judgedCiphers struct {
	text   string
	result *cipherstring.Result
	mail   *policy.Policy
	advice string // a string of the policy's own
	trim   string // the string that was given, with the least change; empty: none would do
}

// judgeCiphers reads a cipher list of version v of OpenSSL, or if that is empty, a priority string.
func judgeCiphers(v cipherstring.OpenSSLVersion, text string) (*judgedCiphers, error) {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return nil, err
	}
	j := &judgedCiphers{text: text, mail: mail}
	good := func(s tlswire.SuiteInfo) bool { return j.worst(s) <= policy.Note }
	if j.result, err = readCiphers(v, text); err != nil {
		if v != "" && isPriority(text) {
			err = fmt.Errorf("%w; it looks like a priority string of GnuTLS: with --gnutls it is read as one", err)
		}
		return nil, usageError{fmt.Errorf("ciphers: %w", err)}
	}
	if v == "" {
		fine := func(v tlswire.Version) bool { return j.worstVersion(v) <= policy.Note }
		j.advice, j.trim = cipherstring.TrimGnuTLS("NORMAL", good, fine), cipherstring.TrimGnuTLS(text, good, fine)
		return j, nil
	}
	j.advice, j.trim = cipherstring.AdviseOpenSSL(v, good), cipherstring.TrimOpenSSL(v, text, good)
	return j, nil
}

// isPriority reports whether text begins as priority strings of GnuTLS do, and cipher lists of OpenSSL do not.
func isPriority(text string) bool {
	first, _, _ := strings.Cut(text, ":")
	return slices.Contains([]string{"NORMAL", "PERFORMANCE", "PFS", "LEGACY", "NONE"}, first) || strings.HasPrefix(first, "SECURE")
}

func readCiphers(v cipherstring.OpenSSLVersion, text string) (*cipherstring.Result, error) {
	if v == "" {
		return cipherstring.GnuTLS(text)
	}
	return cipherstring.OpenSSL(v, text)
}

// worst is the more severe of the opinions for both roles.
func (j *judgedCiphers) worst(s tlswire.SuiteInfo) policy.Severity {
	return max(opinion(j.mail, s, policy.Relay), opinion(j.mail, s, policy.Access))
}

func (j *judgedCiphers) worstVersion(v tlswire.Version) policy.Severity {
	rule := j.mail.TLSVersion(v)
	return max(rule.For(policy.Relay).Severity, rule.For(policy.Access).Severity)
}

// reports lists the checks that report a suite, by the rows of the policy that it falls under.
func (j *judgedCiphers) reports(s tlswire.SuiteInfo) []string {
	out := []string{}
	for _, r := range j.mail.Suites {
		if r.Match.Matches(s) && max(r.Relay.Severity, r.Access.Severity) > policy.OK {
			out = append(out, r.Check)
		}
	}
	return out
}
