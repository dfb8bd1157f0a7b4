package main

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/lab"
	"github.com/mailtls/mailtls/internal/realtest"
	"github.com/mailtls/mailtls/starttls"
)

// A subject is a server that is scanned over and over.
type subject struct {
	name, protocol, host string
	roots                *x509.CertPool
	want                 map[string]string                                           // levels by active check; nil for a healthy server
	start                func(context.Context) (addr string, stop func(), err error) // of the server, for one scan
	turn                 chan struct{}
}

// disturbed returns the servers to scan: the real ones that run, and those of the lab that want something of an active check.
func disturbed(ctx context.Context, opt options, stderr io.Writer) ([]subject, func(), error) {
	list, err := labSubjects(opt)
	if err != nil {
		return nil, func() {}, err
	}
	if !slices.ContainsFunc(servers(), func(s server) bool { return len(s.endpoints(opt.servers)) > 0 }) && len(list) > 0 {
		return list, func() {}, nil
	}
	endpoints, stop, err := startServers(ctx, opt.servers, stderr)
	if err != nil {
		return nil, stop, err
	}
	roots, err := realtest.Roots()
	if err != nil {
		return nil, stop, fmt.Errorf("reading the servers' roots: %w", err)
	}
	for _, e := range endpoints {
		list = append(list, subject{name: e.name, protocol: e.protocol, host: realtest.Host, roots: roots, turn: make(chan struct{}, scansOfOne),
			start: func(context.Context) (string, func(), error) { return e.addr, func() {}, nil }})
	}
	return list, stop, nil
}

// labSubjects makes a server of the lab anew for each scan, since some remember.
func labSubjects(opt options) ([]subject, error) {
	ca, err := lab.NewCA(time.Now())
	if err != nil {
		return nil, fmt.Errorf("making the lab's authority: %w", err)
	}
	var list []subject
	for _, s := range slices.Concat(lab.All(), lab.Hostile()) {
		want := map[string]string{}
		for _, id := range activeChecks() {
			if level, ok := s.Want[id]; ok {
				want[id] = level
			}
		}
		name := "lab/" + s.Name
		if len(want) == 0 || !opt.servers.MatchString(name) {
			continue
		}
		list = append(list, subject{name: name, protocol: strictly(s.Protocol), host: "mail.lab.test", roots: ca.Pool(), want: want,
			turn: make(chan struct{}, scansOfLab), start: func(ctx context.Context) (string, func(), error) {
				r, err := lab.Start(ctx, s, ca)
				if err != nil {
					return "", nil, err
				}
				return r.Addr, func() { _ = r.Close() }, nil
			}})
	}
	return list, nil
}

// strictly scans servers between mail domains as those for users: the lab's wants are theirs.
func strictly(p starttls.Protocol) string {
	return strings.Replace(string(p), "smtp", "submission", 1)
}
