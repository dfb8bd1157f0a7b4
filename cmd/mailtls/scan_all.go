package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
)

// hostsAtOnce is how many hosts are scanned at the same time. The targets of one host take turns, and hosts that turn out to
// be one share its limits.
const hostsAtOnce = 4

// scanAll scans the targets and puts the results into one report, in the order of the targets. The report is nil if
// there is no result; the error tells what could not be scanned.
func (a *app) scanAll(ctx context.Context, targets []string, cfg *mailtls.Config) (*report.Report, error) {
	show := a.newProgress(a.stderr)
	show.begin()
	defer show.clear()
	c := *cfg
	c.Events, c.Gates = show.event, new(mailtls.Gates)
	results := make([]*report.Report, len(targets))
	errs := make([]error, len(targets))
	slots := make(chan struct{}, hostsAtOnce)
	var wg sync.WaitGroup
	for _, turn := range byHost(targets) {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, i := range turn {
				if results[i], errs[i] = a.scan(ctx, targets[i], &c); errs[i] != nil {
					errs[i] = fmt.Errorf("%s: %w", targets[i], errs[i])
				}
			}
		})
	}
	wg.Wait()
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return nil, err
	}
	return report.Merge(mail, cfg.Policies, results...), errors.Join(errs...)
}

// byHost groups the indexes of targets by their host, in the order of the targets.
func byHost(targets []string) [][]int {
	var out [][]int
	place := make(map[string]int)
	for i, s := range targets {
		host := s
		if t, err := mailtls.ParseTarget(s); err == nil { // else it is a domain
			host = t.Host
		}
		p, known := place[host]
		if !known {
			p = len(out)
			place[host], out = p, append(out, nil)
		}
		out[p] = append(out[p], i)
	}
	return out
}
