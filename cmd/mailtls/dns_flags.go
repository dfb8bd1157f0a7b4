package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// dnsFlags say how the DNS is asked about a domain, and where it may lead to.
type dnsFlags struct {
	resolvers resolverFlag
	dnssec    choice
	anchors   anchorFile
	private   bool
}

func (f *dnsFlags) register(fs *pflag.FlagSet) {
	f.dnssec = choice{value: "local", words: []string{"local", "trust", "off"}}
	fs.Var(&f.resolvers, "resolver", "name server to ask about a domain, instead of this machine's; may be repeated")
	fs.Var(&f.dnssec, "dnssec", "who validates what the DNS says: this program, or the name server, if it is to be trusted; or nobody")
	fs.Var(&f.anchors, "trust-anchor", "file with DS or DNSKEY records to validate by, instead of the root's")
	fs.BoolVar(&f.private, "allow-private", false, "connect also to addresses that are not public, such as those of one's own network, where the DNS of a domain leads to them")
	group(fs, "How to ask the DNS", "resolver", "dnssec", "trust-anchor", "allow-private")
}

func (f *dnsFlags) complete(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("dnssec", cobra.FixedCompletions(f.dnssec.words, cobra.ShellCompDirectiveNoFileComp))
}

// resolverFlag is a flag that takes the address of a name server, with or without a port, as often as one likes.
type resolverFlag []string

func (r *resolverFlag) String() string { return strings.Join(*r, ",") }

// Type is shown in the help as what the flag takes.
func (r *resolverFlag) Type() string { return "address" }

func (r *resolverFlag) Set(s string) error {
	host, _, err := net.SplitHostPort(s)
	if err != nil {
		host = strings.Trim(s, "[]")
	}
	if _, err := netip.ParseAddr(host); err != nil {
		return errors.New("want an IP address such as 127.0.0.1 or [::1]:5353")
	}
	*r = append(*r, s)
	return nil
}

// anchorFile is a flag that takes a file of DS or DNSKEY records in presentation form.
type anchorFile struct {
	name    string
	records []string
}

func (a *anchorFile) String() string { return a.name }

// Type is shown in the help as what the flag takes.
func (a *anchorFile) Type() string { return "file" }

func (a *anchorFile) Set(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	a.name, a.records = name, nil
	for line := range strings.Lines(string(text)) {
		if line, _, _ = strings.Cut(line, ";"); strings.TrimSpace(line) != "" {
			a.records = append(a.records, strings.TrimSpace(line))
		}
	}
	if len(a.records) == 0 {
		return fmt.Errorf("%s holds no records: want DS or DNSKEY records, one on a line", name)
	}
	return nil
}
