package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/report"
	"github.com/spf13/pflag"
)

// logDefault is where profiles go if --log-clients does not say it.
const logDefault = "senders.csv"

// logServer is the server for clients to come to if none is named.
const logServer = "strong"

// logFlags are the flags of mailtls lab serve about its clients.
type logFlags struct {
	path     fileName
	name     string
	format   choice
	policies policyFlag
	verbose  bool
}

func (f *logFlags) register(fs *pflag.FlagSet) {
	f.format = choice{value: "text", words: []string{"text", "json"}}
	fs.Var(&f.path, "log-clients", "print what each client offers, and save it as a program for mailtls clients, in this file, or in one of its own in this folder")
	fs.Lookup("log-clients").NoOptDefVal = logDefault
	fs.StringVar(&f.name, "name", "", "`name` of the program that is saved, instead of what it calls itself")
	fs.Var(&f.format, "format", "how to print clients; json: one object in each line")
	f.policies.register(fs, "Clients")
	fs.BoolVarP(&f.verbose, "verbose", "v", false, "list all suites of each client")
	group(fs, "Clients", "log-clients", "name", "format", "policy", "verbose")
}

// check finds flags that mean nothing without --log-clients.
func (f *logFlags) check(fs *pflag.FlagSet) error {
	for _, name := range []string{"name", "format", "policy", "verbose"} {
		if f.path.value == "" && fs.Changed(name) {
			return usageError{fmt.Errorf("--%s is about clients: want --log-clients, too", name)}
		}
	}
	if fs.Changed("name") && strings.TrimSpace(f.name) == "" {
		return usageError{errors.New("--name: want a name")}
	}
	return nil
}

// meant says more of a name that is no server's, where it may have been meant as the place for --log-clients.
func (f *logFlags) meant(name string, err error) error {
	if f.path.value == logDefault && strings.ContainsAny(name, "/.") {
		return usageError{fmt.Errorf("no lab server is called %q: if clients are to be saved there, write --log-clients=%s", name, report.Escape(name))}
	}
	return err
}

// place is where servers are announced: not among JSON.
func (f *logFlags) place(a *app) io.Writer {
	if f.format.value == "json" {
		return a.stderr
	}
	return a.stdout
}

func (f *logFlags) open(a *app) (*clientLog, error) {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return nil, err
	}
	store, err := openStore(f.path.value)
	if err != nil {
		return nil, err
	}
	return &clientLog{app: a, flags: f, policies: append([]*policy.Policy{mail}, f.policies.list...), store: store}, nil
}
