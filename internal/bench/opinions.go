package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/realtest"
)

// An attack is something that both mailtls and testssl.sh look for.
type attack struct {
	check  string         // of mailtls
	result string         // id in the JSON of testssl.sh
	flag   string         // of testssl.sh
	lab    *regexp.Regexp // servers of the lab that are about it; real ones are asked about all
}

func attacks() []attack {
	renegotiation := regexp.MustCompile(`^(renegotiat|no-renegotiation-info$)`)
	return []attack{
		{"heartbleed", "heartbleed", "-H", regexp.MustCompile(`^heart`)},
		{"ccs", "CCS", "-I", regexp.MustCompile(`^ccs-`)},
		{"robot", "ROBOT", "-BB", regexp.MustCompile(`^robot-`)},
		{"ticketbleed", "ticketbleed", "-T", regexp.MustCompile(`^ticket(bleed|-unused|-none)$`)},
		{"insecure-renegotiation", "secure_renego", "-R", renegotiation},
		{"client-renegotiation", "secure_client_renego", "-R", renegotiation},
		{"crime", "CRIME_TLS", "-C", regexp.MustCompile(`^(compression|ancient)$`)},
		{"poodle", "POODLE_SSL", "-O", regexp.MustCompile(`^(sslv3|sslv3-only|ancient|poodle-tls|zombie-poodle|cbc)$`)},
		{"drown", "DROWN", "-D", regexp.MustCompile(`^(sslv2|drown|ancient)`)},
		{"beast", "BEAST", "-A", regexp.MustCompile(`^(ancient|sslv3|tls10-only|tls11|cbc)$`)},
		{"lucky13", "LUCKY13", "-L", regexp.MustCompile(`^(no-etm|cbc|lucky-minus-20|strong)$`)},
		{"freak", "FREAK", "-F", regexp.MustCompile(`^(export-rsa|export-dhe|ancient)$`)},
		{"logjam", "LOGJAM", "-J", regexp.MustCompile(`^(export-rsa|export-dhe|ancient|dh-512|dh-1024)$`)},
		{"sweet32", "SWEET32", "-W", regexp.MustCompile(`^(3des|des|ancient)$`)},
	}
}

// An opinion is what two scanners say of one attack on one server: yes, no or ?.
type opinion struct {
	server, check, mailtls, testssl, words string
}

// opinionsAtOnce is how many servers are asked about at the same time: testssl.sh waits, and starts many programs.
const opinionsAtOnce = 3

// opinions asks mailtls and testssl.sh of the same servers, writes where they differ, and why as far as that is known. The error
// is for differences that nobody has explained.
func opinions(ctx context.Context, opt options, stdout, stderr io.Writer) error {
	subjects, stop, err := asked(ctx, opt, stderr)
	defer stop()
	if err != nil {
		return err
	}
	all := make([][]opinion, len(subjects))
	errs := make([]error, len(subjects))
	var wg sync.WaitGroup
	turn := make(chan struct{}, opinionsAtOnce)
	for i := range subjects {
		wg.Go(func() {
			turn <- struct{}{}
			all[i], errs[i] = subjects[i].ask(ctx)
			<-turn
			fmt.Fprintf(stderr, "%s: %d opinions\n", subjects[i].name, len(all[i]))
		})
	}
	wg.Wait()
	return errors.Join(errors.Join(errs...), writeOpinions(stdout, slices.Concat(all...)))
}

// writeOpinions writes one line for each difference.
func writeOpinions(w io.Writer, all []opinion) error {
	differ, open := 0, 0
	fmt.Fprintln(w, "| server | check | mailtls | testssl.sh | its words | why |\n|---|---|---|---|---|---|")
	for _, o := range all {
		if o.mailtls == o.testssl {
			continue
		}
		differ++
		why := o.explained()
		if why == "" {
			open++
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", o.server, o.check, o.mailtls, o.testssl, o.words, why)
	}
	fmt.Fprintf(w, "\n%d opinions, %d differ, %d of these unexplained\n", len(all), differ, open)
	if open > 0 {
		return fmt.Errorf("%d differences are not explained", open)
	}
	return nil
}

// asked returns the servers to ask about: real ones, and those of the lab that are about an attack.
func asked(ctx context.Context, opt options, stderr io.Writer) (list []asking, stop func(), err error) {
	var running []func()
	stop = func() {
		for _, s := range running {
			s()
		}
	}
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		return nil, stop, fmt.Errorf("making the lab's authority: %w", err)
	}
	for _, s := range slices.Concat(lab.All(), lab.Hostile()) {
		about := slices.DeleteFunc(attacks(), func(a attack) bool { return !a.lab.MatchString(s.Name) })
		if name := "lab/" + s.Name; len(about) > 0 && opt.servers.MatchString(name) {
			r, err := lab.Start(ctx, s, ca)
			if err != nil {
				return nil, stop, err
			}
			running = append(running, func() { _ = r.Close() })
			list = append(list, asking{name, strictly(s.Protocol), "mail.lab.test", r.Addr, mailtls.Config{Roots: ca.Pool()}, about})
		}
	}
	roots, err := realtest.Roots()
	if err != nil {
		return nil, stop, fmt.Errorf("reading the servers' roots: %w", err)
	}
	for _, s := range append(servers(), moreServers()...) {
		wanted := s.endpoints(opt.servers)
		if len(wanted) == 0 {
			continue
		}
		r, err := s.start.Start(ctx)
		if err != nil {
			fmt.Fprintf(stderr, "leaving out %s: %v\n", s.name, err)
			continue
		}
		running = append(running, r.Close)
		for _, e := range wanted {
			list = append(list, asking{e.name, e.protocol, realtest.Host, r.Addr(e.addr), mailtls.Config{Roots: roots}, attacks()})
		}
	}
	return list, stop, nil
}

// moreServers are real servers whose speed nobody measures.
func moreServers() []server {
	return []server{
		{"cyrus", realtest.Cyrus{}, []string{"imap"}},
		{"courier", realtest.Courier{}, []string{"imap", "pop3"}},
		{"erlang", realtest.Erlang{}, []string{"tls"}},
		{"openssl-weak", realtest.OpenSSL{Ciphers: "ALL:COMPLEMENTOFALL:@SECLEVEL=0", Min: 0x0301, Args: []string{"-legacy_renegotiation", "-client_renegotiation"}},
			[]string{"tls"}},
	}
}

// An asking is a running server, and what to ask about it.
type asking struct {
	name, protocol, host, addr string
	cfg                        mailtls.Config
	about                      []attack
}

func (a asking) ask(ctx context.Context) ([]opinion, error) {
	theirs, err := a.testssl(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.name, err)
	}
	host, port, _ := net.SplitHostPort(a.addr)
	cfg := a.cfg
	cfg.IP = host
	for _, x := range a.about {
		cfg.Only = append(cfg.Only, x.check)
	}
	r, err := mailtls.Scan(ctx, a.protocol+"://"+a.host+":"+port, &cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.name, err)
	}
	var list []opinion
	for _, x := range a.about {
		for _, f := range r.Endpoints[0].Findings {
			if f.Check == x.check {
				list = append(list, opinion{a.name, x.check, ours(f), theirs[x.result].answer(), theirs[x.result].Finding})
			}
		}
	}
	return list, nil
}

// ours is what a finding says.
func ours(f check.Finding) string {
	switch {
	case f.Level == check.Undecided:
		return "?"
	case f.Level == check.NotApplicable, f.Level == check.Pass && !f.Note:
		return "no"
	}
	return "yes"
}

// said is one result of testssl.sh.
type said struct{ ID, Severity, Finding string }

// answer reads it. What it could not test it warns of.
func (s said) answer() string {
	switch s.Severity {
	case "OK", "INFO":
		if strings.Contains(s.Finding, "not applicable") || strings.Contains(s.Finding, "HTTP") && s.ID != "CRIME_TLS" {
			return "?"
		}
		return "no"
	case "", "WARN", "DEBUG":
		return "?"
	}
	return "yes"
}

// testssl asks testssl.sh, and returns its results by their ids.
func (a asking) testssl(ctx context.Context) (map[string]said, error) {
	dir, err := os.MkdirTemp("", "testssl-")
	if err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	host, port, _ := net.SplitHostPort(a.addr)
	args, err := testsslArgs(a.protocol, host, port, "")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "results.json")
	flags := []string{"--jsonfile", file}
	for _, x := range a.about {
		if !slices.Contains(flags, x.flag) {
			flags = append(flags, x.flag)
		}
	}
	// its exit code counts what it found
	_, failed := execute(ctx, slices.Concat([]string{"testssl"}, args[:len(args)-1], flags, args[len(args)-1:]))
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, errors.Join(err, failed)
	}
	var list []said
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, fmt.Errorf("reading what testssl.sh wrote: %w", err)
	}
	results := map[string]said{}
	for _, s := range list {
		results[s.ID] = s
	}
	return results, nil
}
