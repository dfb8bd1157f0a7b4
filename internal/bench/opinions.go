package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/check"
)

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
