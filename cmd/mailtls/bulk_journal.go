package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/internal/journal"
	"github.com/mailtls/mailtls/policy"
)

// asked is what the results in a journal depend on, by the flags that say so. The list is there by the last part of its name, so that its
// folder may be moved.
func (f *scanFlags) asked(cfg *mailtls.Config) (map[string]string, error) {
	mail, err := policy.Named(policy.Mail)
	if err != nil {
		return nil, err
	}
	var roots []string
	for _, c := range cfg.ExtraRoots {
		sum := sha256.Sum256(c.Raw)
		roots = append(roots, hex.EncodeToString(sum[:]))
	}
	var policies []string // by their content, too: a file may change, and another version of the program know another of the name
	for _, p := range append([]*policy.Policy{mail}, cfg.Policies...) {
		policies = append(policies, p.Name+" "+p.SHA256[:min(len(p.SHA256), 12)])
	}
	slices.Sort(policies[1:])
	return map[string]string{
		"policy": strings.Join(policies, ", "), "helo": cfg.Helo, "allow-private": strconv.FormatBool(cfg.AllowPrivate),
		"file": filepath.Base(f.bulk.file.value), "column": strconv.Itoa(f.bulk.column.value),
		"full": strconv.FormatBool(f.bulk.full), "passive": strconv.FormatBool(cfg.Passive),
		"only": strings.Join(cfg.Only, ","), "skip": strings.Join(cfg.Skip, ","),
		"4": strconv.FormatBool(cfg.IPVersion == 4), "6": strconv.FormatBool(cfg.IPVersion == 6), "ca-file": strings.Join(roots, ","),
		"dnssec": cfg.DNSSEC, "resolver": strings.Join(cfg.Resolvers, ","), "trust-anchor": strings.Join(cfg.TrustAnchors, "; "),
	}, nil
}

// openJournal opens the journal to go on with, or a new one.
func (f *scanFlags) openJournal(cfg *mailtls.Config) (*journal.Journal, error) {
	now, err := f.asked(cfg)
	if err != nil {
		return nil, err
	}
	path := f.journalPath()
	if !f.bulk.resume {
		text, err := json.Marshal(now)
		if err != nil {
			return nil, err
		}
		j, err := journal.Create(path, string(text))
		if errors.Is(err, journal.ErrExists) {
			err = errors.New("it is there: --resume goes on with it; or want another by --journal, or delete this one")
		}
		return j, f.journalError(err)
	}
	j, err := journal.Open(path)
	if err != nil {
		return nil, f.journalError(err)
	}
	text, err := j.Settings()
	if err == nil {
		err = askedOtherwise(text, now)
	}
	if err != nil {
		return nil, errors.Join(f.journalError(err), j.Close())
	}
	return j, nil
}

// askedOtherwise says in what a journal's settings differ from those of now.
func askedOtherwise(settings string, now map[string]string) error {
	var before map[string]string
	if err := json.Unmarshal([]byte(settings), &before); err != nil {
		return fmt.Errorf("its settings cannot be read: %w", err)
	}
	var differ []string
	for _, flag := range slices.Sorted(maps.Keys(now)) {
		if before[flag] != now[flag] {
			differ = append(differ, fmt.Sprintf("%s was %q, now %q", flagNamed(flag), before[flag], now[flag]))
		}
	}
	if len(differ) == 0 {
		return nil
	}
	return fmt.Errorf("it was made by a scan that asked otherwise (%s): want the same flags and list, or another journal", strings.Join(differ, "; "))
}

func flagNamed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// checkList reports whether the list is another than that which the journal was made from. One that is no longer there is none.
func (a *app) checkList(f *scanFlags, j *journal.Journal) error {
	before, whole, err := j.Whole()
	if err != nil || !whole {
		return err
	}
	in, err := a.openList(f)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, in); err != nil {
		return fmt.Errorf("the list cannot be read: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != before {
		return f.otherList()
	}
	return nil
}

// otherList is the error of going on with another list.
func (f *scanFlags) otherList() error {
	return f.journalError(errors.New("it was made from a list with other content: want that list, or another journal for this one"))
}

// listThere reports why there is no list, before a journal is made for it. With --resume the journal may do without.
func (f *scanFlags) listThere() error {
	if f.bulk.file.value == "-" || f.bulk.resume {
		return nil
	}
	if _, err := os.Stat(f.bulk.file.value); err != nil {
		return fmt.Errorf("the list cannot be read: %w", err)
	}
	return nil
}

// openList opens the list.
func (a *app) openList(f *scanFlags) (io.ReadCloser, error) {
	if f.bulk.file.value == "-" {
		return io.NopCloser(a.stdin), nil
	}
	file, err := os.Open(f.bulk.file.value)
	if err != nil {
		return nil, fmt.Errorf("the list cannot be read: %w", err)
	}
	return file, nil
}

func (f *scanFlags) journalError(err error) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("journal %s: %w", f.journalPath(), err)
	if errors.Is(err, journal.ErrInUse) {
		return err
	}
	return usageError{err}
}
