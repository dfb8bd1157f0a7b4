package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

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
	flags := []string{"--openssl-timeout", "60", "--jsonfile", file} // else it waits for ever for a server that is silent
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
