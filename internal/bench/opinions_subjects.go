package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"github.com/mailtls/mailtls"
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
