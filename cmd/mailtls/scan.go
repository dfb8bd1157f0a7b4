package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/certlint"
	"github.com/mailtls/mailtls/starttls"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const scanLong = `Scan mail servers: which TLS they speak, whether it is safe, and what to change
if not.

A target is a domain, or an address of mail, and stands for all of its servers:
those that its MX records name, and those that its users are led to. Or it is
one server, scheme://host or scheme://host:port. The schemes are smtp,
submission, submissions (or smtps), lmtp, imap, imaps, pop3, pop3s and sieve;
the host is a name, an IPv4 address, or an IPv6 address in brackets. The targets
of one host are scanned in turn, those of up to 4 hosts at the same time.

With --file the domains of a list are scanned, quickly and gently, each server
once; what is finished is kept in a journal, with which --resume goes on.

Exit codes: 0 done; 1 there is what --fail-on looks for; 2 the command line is
wrong; 3 something could not be scanned, or not wholly.`

const scanExample = `  mailtls scan example.org
  mailtls scan smtp://mail.example.org
  mailtls scan imaps://mail.example.org submission://mail.example.org
  mailtls scan --quick smtp://192.0.2.1:2525
  mailtls scan --format json -o report.json smtp://mail.example.org
  mailtls scan --policy rfc9325 --policy bsi-tr-03108 smtp://mail.example.org
  mailtls scan --revocation smtp://mail.example.org
  mailtls scan --only heartbleed smtp://mail.example.org
  mailtls scan --fail-on warn smtp://mail.example.org || echo look at it
  mailtls scan --delay 2s --parallel 1 smtp://mail.example.org
  mailtls scan -f domains.txt --format jsonl -o results.jsonl`

// scanFlags are the flags of scan, by concern.
type scanFlags struct {
	output outputFlags

	timeout        span
	maxConnections number
	parallel       number
	delay          span

	ipv4, ipv6 bool
	ip         address
	sni, helo  hostName
	ca         certFile
	dns        dnsFlags
	bulk       bulkFlags

	passive, quick bool
	revocation     bool
	zlint          bool
	skip, only     checkFlag
	evidence       choice
	policies       policyFlag
}

// usualTimeout is that of the library. It leaves greetings more time, since some servers delay them on purpose.
const usualTimeout = 10 * time.Second

func (a *app) scanCommand() *cobra.Command {
	f := &scanFlags{
		timeout:        span{value: usualTimeout, min: 100 * time.Millisecond, max: 10 * time.Minute},
		maxConnections: number{max: 100000},
		parallel:       number{value: 5, min: 1, max: 100},
		delay:          span{max: 10 * time.Minute},
		evidence:       choice{value: "full", words: []string{"full", "facts"}},
	}
	cmd := &cobra.Command{
		Use:     "scan [flags] TARGET...|-f FILE",
		Short:   "Scan mail servers",
		Long:    scanLong,
		Example: scanExample,
		Args:    func(cmd *cobra.Command, args []string) error { return f.targetsOrList(cmd, args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.bulk.file.value != "" {
				return a.runBulk(cmd.Context(), f)
			}
			return a.runScan(cmd.Context(), f, args)
		},

		ValidArgsFunction: completeTarget,
	}
	f.register(cmd.Flags())
	f.output.complete(cmd)
	f.policies.complete(cmd)
	f.skip.complete(cmd, "skip")
	f.only.complete(cmd, "only")
	f.dns.complete(cmd)
	_ = cmd.RegisterFlagCompletionFunc("evidence", cobra.FixedCompletions(f.evidence.words, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *scanFlags) register(fs *pflag.FlagSet) {
	fs.SortFlags = false
	f.output.register(fs)
	fs.BoolVar(&f.quick, "quick", false, "ask only what the verdict needs, with few connections")
	fs.BoolVar(&f.passive, "passive", false, "leave out what no ordinary client does: attacks, reserved values, odd sizes, the fallback signal, commands that should need TLS")
	fs.Var(&f.only, "only", "ask for, and judge by, these checks alone (see mailtls checks); a list with commas, may be repeated")
	fs.Var(&f.skip, "skip", "leave out these checks, and what only they ask for; a list with commas, may be repeated")
	fs.BoolVar(&f.revocation, "revocation", false, "ask the authorities, over HTTP, whether the certificates are revoked")
	fs.BoolVar(&f.zlint, "zlint", false, "look for rules that the certificates break, by ZLint")
	fs.Var(&f.evidence, "evidence", "how much to keep in JSON: every connection, or the facts alone")
	group(fs, "What to ask", "quick", "passive", "only", "skip", "revocation", "zlint", "evidence")
	f.policies.register(fs, "What to ask")
	fs.Var(&f.timeout, "timeout", "how long to wait for each reply; greetings get 30s unless it is set")
	fs.Var(&f.parallel, "parallel", "connections to a server at the same time")
	fs.Var(&f.delay, "delay", "pause between connections to a server")
	fs.Var(&f.maxConnections, "max-connections", "stop after so many connections to a server; 0: 500")
	group(fs, "How hard to press", "timeout", "parallel", "delay", "max-connections")
	fs.BoolVarP(&f.ipv4, "ipv4", "4", false, "use IPv4 only")
	fs.BoolVarP(&f.ipv6, "ipv6", "6", false, "use IPv6 only")
	fs.Var(&f.ip, "ip", "connect to this address instead of looking the host up")
	fs.Var(&f.sni, "sni", "name to ask for in the handshake, instead of the host")
	fs.Var(&f.helo, "helo", "name to greet SMTP servers with")
	fs.Var(&f.ca, "ca-file", "trust the certificates in this file, too, beside Mozilla's roots")
	group(fs, "Where to connect", "ipv4", "ipv6", "ip", "sni", "helo", "ca-file")
	f.dns.register(fs)
	f.registerBulk(fs)
}

// config turns the flags into the library's form.
func (f *scanFlags) config() *mailtls.Config {
	cfg := &mailtls.Config{
		Timeout: f.timeout.value, MaxConnections: f.maxConnections.value, Parallel: f.parallel.value, Delay: f.delay.value,
		IP: f.ip.String(), ServerName: f.sni.value, Helo: f.helo.value, ExtraRoots: f.ca.certs, Revocation: f.revocation,
		Passive: f.passive, Quick: f.quick, FactsOnly: f.evidence.value == "facts", Policies: f.policies.list,
		Only: f.only.ids, Skip: f.skip.ids,
		Resolvers: f.dns.resolvers, DNSSEC: f.dns.dnssec.value, TrustAnchors: f.dns.anchors.records, AllowPrivate: f.dns.private,
	}
	if f.zlint {
		cfg.Lint = certlint.Lint
	}
	if cfg.Timeout == usualTimeout {
		cfg.Timeout = 0
	}
	switch {
	case f.ipv4:
		cfg.IPVersion = 4
	case f.ipv6:
		cfg.IPVersion = 6
	}
	return cfg
}

func (a *app) runScan(ctx context.Context, f *scanFlags, targets []string) error {
	if err := f.contradiction(targets); err != nil {
		return usageError{err}
	}
	out, err := f.output.open(a)
	if err != nil {
		return err
	}
	defer out.close()
	r, scanErr := a.scanAll(ctx, targets, f.config())
	return out.finish(a, r, scanErr)
}

// contradiction returns what is wrong with the targets, or with flags that do not go with each other or with a target.
func (f *scanFlags) contradiction(targets []string) error {
	if f.ipv4 && f.ipv6 {
		return errors.New("-4 and -6 exclude each other: want one of them, or none for both")
	}
	if len(f.only.ids) > 0 && len(f.skip.ids) > 0 {
		return errors.New("--only and --skip exclude each other: want one of them, or none for all checks")
	}
	if tries := f.only.tries(); f.passive && len(tries) > 0 {
		return fmt.Errorf("--only %s tries an attack, and --passive leaves attacks out: leave one out", tries[0])
	}
	if f.excludes(f.ip.value) {
		return fmt.Errorf("--ip %s is of the other kind than -4 or -6 wants: leave one out", f.ip.value)
	}
	for _, s := range targets {
		if err := mailtls.CheckTarget(s); err != nil {
			return err
		}
		if mailtls.IsDomain(s) {
			if f.ip.value.IsValid() || f.sni.value != "" {
				return fmt.Errorf("--ip and --sni are about one server, and %q is a domain: leave them out, or name a server, as in smtp://mail.example.org", s)
			}
			continue
		}
		if f.only.domainsAlone() {
			return fmt.Errorf("--only %s is about a whole domain, and %q is one server: want a target such as example.org", f.only.ids[0], s)
		}
		t, _ := mailtls.ParseTarget(s)
		if a, err := netip.ParseAddr(t.Host); err == nil && !f.ip.value.IsValid() && f.excludes(a) {
			return fmt.Errorf("target %q is an address of the other kind than -4 or -6 wants: leave one out", s)
		}
	}
	return nil
}

// excludes reports whether -4 or -6 forbids to connect to a.
func (f *scanFlags) excludes(a netip.Addr) bool {
	return a.IsValid() && (f.ipv4 && !a.Is4() || f.ipv6 && !a.Is6())
}

// completeTarget offers the schemes to a shell.
func completeTarget(_ *cobra.Command, _ []string, toComplete string) ([]string, cobra.ShellCompDirective) {
	if strings.Contains(toComplete, "://") {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	out := []string{"smtps://"} // the old name of submissions
	for _, p := range starttls.Protocols() {
		out = append(out, string(p)+"://")
	}
	return out, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}
