package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
	"github.com/spf13/cobra"
)

const suitesExample = `  mailtls suites c02f                          by code point
  mailtls suites ECDHE-RSA-AES128-GCM-SHA256   by its name in OpenSSL
  mailtls suites RC4                           all whose name has RC4
  mailtls suites                               all there are`

func (a *app) suitesCommand() *cobra.Command {
	format := choice{value: "text", words: []string{"text", "json"}}
	cmd := &cobra.Command{
		Use:   "suites [flags] [FILTER]",
		Short: "What is this cipher suite?",
		Long: "Show what is known about cipher suites: their names, what they are made of, and\nwhat the policy mail " +
			"thinks of them.",
		Example: suitesExample,
		Args:    takes(0, 1, ""),
		RunE: func(_ *cobra.Command, args []string) error {
			found, err := findSuites(strings.Join(args, ""))
			if err != nil {
				return err
			}
			return byMail(found, format.value == "json", a.suitesJSON, a.suiteDetails, a.suiteTable)
		},
		ValidArgsFunction: completeSuite,
	}
	cmd.Flags().Var(&format, "format", "how to write them")
	group(cmd.Flags(), "How to report", "format")
	return cmd
}

func (a *app) suiteTable(list []tlswire.SuiteInfo, mail *policy.Policy) {
	fmt.Fprintf(a.stdout, "%-8s  %-7s  %-9s  %s\n", "code", "port 25", "passwords", "name")
	for _, s := range list {
		fmt.Fprintf(a.stdout, "%-8s  %-7s  %-9s  %s\n", code(s.ID), opinion(mail, s, policy.Relay), opinion(mail, s, policy.Access), s.Name)
	}
}

func (a *app) suiteDetails(s tlswire.SuiteInfo, mail *policy.Policy) {
	row := func(label, text string) {
		if text != "" {
			fmt.Fprintf(a.stdout, "  %-16s %s\n", label, text)
		}
	}
	fmt.Fprintf(a.stdout, "%s\n", s.Name)
	row("code point", code(s.ID))
	row("OpenSSL", s.OpenSSL)
	row("GnuTLS", s.GnuTLS)
	row("versions", versions(s))
	row("key exchange", fmt.Sprintf("%s, %s", s.KeyExchange, yesNo(s.ForwardSecret, "forward secret", "no forward secrecy")))
	row("authentication", yesNo(s.Anonymous, "none", string(s.Auth)))
	row("cipher", fmt.Sprintf("%s, %d bits, %s", s.Cipher, s.Bits, s.Mode))
	row("integrity", string(s.MAC))
	row("IANA", map[string]string{"Y": "recommended", "N": "not recommended", "D": "discouraged"}[s.Recommended])
	row("on port 25", opinion(mail, s, policy.Relay).String())
	row("with passwords", opinion(mail, s, policy.Access).String())
}

func opinion(mail *policy.Policy, s tlswire.SuiteInfo, role policy.Role) policy.Severity {
	return mail.Suite(s, role).Severity
}

func versions(s tlswire.SuiteInfo) string {
	if s.SpecMin == s.SpecMax {
		return s.SpecMin.String()
	}
	return s.SpecMin.String() + " to " + s.SpecMax.String()
}

func yesNo(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// suiteJSON is one suite in JSON.
type suiteJSON struct {
	Code           string          `json:"code"`
	Name           string          `json:"name"`
	OpenSSL        string          `json:"openssl,omitempty"`
	GnuTLS         string          `json:"gnutls,omitempty"`
	MinVersion     tlswire.Version `json:"min_version"`
	MaxVersion     tlswire.Version `json:"max_version"`
	KeyExchange    string          `json:"key_exchange"`
	Authentication string          `json:"authentication"`
	Cipher         string          `json:"cipher"`
	Bits           int             `json:"bits"`
	Mode           string          `json:"mode"`
	MAC            string          `json:"mac"`
	ForwardSecret  bool            `json:"forward_secret"`
	AEAD           bool            `json:"aead"`
	Relay          policy.Severity `json:"relay"`
	Access         policy.Severity `json:"access"`
}

func (a *app) suitesJSON(list []tlswire.SuiteInfo, mail *policy.Policy) error {
	out := make([]suiteJSON, len(list))
	for i, s := range list {
		out[i] = suiteJSON{
			Code: code(s.ID), Name: s.Name, OpenSSL: s.OpenSSL, GnuTLS: s.GnuTLS, MinVersion: s.SpecMin, MaxVersion: s.SpecMax,
			KeyExchange: string(s.KeyExchange), Authentication: string(s.Auth), Cipher: string(s.Cipher), Bits: s.Bits,
			Mode: string(s.Mode), MAC: string(s.MAC), ForwardSecret: s.ForwardSecret, AEAD: s.AEAD,
			Relay: opinion(mail, s, policy.Relay), Access: opinion(mail, s, policy.Access),
		}
	}
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func completeSuite(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	var out []string
	for _, s := range tlswire.Suites() {
		if strings.HasPrefix(s.Name, strings.ToUpper(toComplete)) {
			out = append(out, s.Name)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
