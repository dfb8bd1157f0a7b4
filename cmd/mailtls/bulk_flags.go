package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/mailtls/mailtls/internal/bulk"
)

// bulkFlags are the flags of a scan of many domains.
type bulkFlags struct {
	file, journal fileName
	column        number
	resume, full  bool

	workers, perMinute, provider, providerPerMinute number
}

// parquet is the form that only scans of many domains have.
const parquet = "parquet"

func (f *scanFlags) registerBulk(fs *pflag.FlagSet) {
	b := &f.bulk
	b.column = number{max: 1000}
	b.workers = number{value: 50, min: 1, max: 2000}
	b.perMinute = number{value: 60, max: 100000}
	b.provider = number{value: 20, min: 1, max: 2000}
	b.providerPerMinute = number{value: 600, max: 1000000}
	fs.VarP(&b.file, "file", "f", "file with domains to scan, one on a line or in a column; - for the standard input")
	fs.Var(&b.column, "column", "column of the domains, from 1; 0: the one that is headed so, or the first with a domain in it")
	fs.Var(&b.journal, "journal", "file that keeps what is finished, instead of one beside the list that ends in .mailtls")
	fs.BoolVar(&b.resume, "resume", false, "go on with the journal")
	fs.BoolVar(&b.full, "full", false, "ask everything of each server, with many connections, and look for services that nothing names; else scans of many domains are quick")
	fs.Var(&b.workers, "workers", "domains, and servers, to look at at the same time")
	fs.Var(&b.perMinute, "per-minute", "new connections to an address in a minute; 0: any number")
	fs.Var(&b.provider, "provider-parallel", "connections at the same time to all addresses of a provider")
	fs.Var(&b.providerPerMinute, "provider-per-minute", "new connections to a provider in a minute; 0: any number")
	group(fs, "Many domains", "file", "column", "journal", "resume", "full", "workers", "per-minute", "provider-parallel", "provider-per-minute")
	f.output.format.words = append(f.output.format.words, parquet)
}

// limits puts the flags together; parallel is that of an address.
func (b *bulkFlags) limits(parallel int) bulk.Limits {
	return bulk.Limits{Address: bulk.Limit{AtOnce: parallel, PerMinute: b.perMinute.value},
		Provider: bulk.Limit{AtOnce: b.provider.value, PerMinute: b.providerPerMinute.value}}
}

// journalPath is where the journal is.
func (f *scanFlags) journalPath() string {
	if f.bulk.journal.value != "" {
		return f.bulk.journal.value
	}
	return f.bulk.file.value + ".mailtls"
}

// targetsOrList wants targets, or a list of domains instead.
func (f *scanFlags) targetsOrList(cmd *cobra.Command, args []string) error {
	if f.bulk.file.value == "" {
		for _, name := range []string{"column", "journal", "resume", "full", "workers", "per-minute", "provider-parallel", "provider-per-minute"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s is for scans of many domains: want their list by --file, too", name)
			}
		}
		if f.output.format.value == parquet {
			return errors.New("--format parquet is for scans of many domains: want their list by --file, too")
		}
		return takes(1, 1<<30, "a target such as example.org or smtp://mail.example.org, or a list of domains by --file")(cmd, args)
	}
	if len(args) > 0 {
		return fmt.Errorf("--file names the domains to scan, and %q is there, too: leave one out", args[0])
	}
	for _, name := range []string{"revocation", "zlint", "ip", "sni", "fail-on", "accept", "evidence", "color", "verbose"} {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s does not go with --file", name)
		}
	}
	return nil
}

// bulkContradiction returns what is wrong with flags that do not go with each other.
func (f *scanFlags) bulkContradiction() error {
	switch f.output.format.value {
	case "text", "jsonl":
	case parquet:
		if f.output.file.value == "" {
			return errors.New("--format parquet writes two files: want the name of the first by --output")
		}
	default:
		return fmt.Errorf("--format %s does not go with --file: want jsonl or parquet for the results, or text for a summary", f.output.format.value)
	}
	if f.bulk.file.value == "-" && f.bulk.journal.value == "" {
		return errors.New("--file - has no name that the journal could have: want one by --journal")
	}
	if f.bulk.full && f.quick {
		return errors.New("--full and --quick exclude each other: want one of them")
	}
	return f.contradiction(nil)
}
