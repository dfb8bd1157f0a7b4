package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/report"
)

// profileStore keeps programs in a file, or each in one of its own in a folder. It overwrites nothing of another's: a file is
// read before each change, and what is in it stays.
type profileStore struct {
	path  string
	dir   bool
	known []client.Profile
}

// maxStored is how many programs a store takes, lest somebody fills the disk with new hellos.
const maxStored = 1000

// openStore finds out whether path is a folder, and reads the file if there is one. A folder is told by its name, which ends
// in a slash, or by being there.
func openStore(path string) (*profileStore, error) {
	s := &profileStore{path: path}
	at, err := os.Stat(path)
	switch {
	case err == nil && at.IsDir():
		s.dir = true
		s.known, err = readFolder(path)
	case strings.HasSuffix(path, "/") || strings.HasSuffix(path, string(filepath.Separator)):
		s.dir = true
		err = os.MkdirAll(path, 0o755)
	case err == nil:
		s.known, err = readProfiles(path)
	case errors.Is(err, fs.ErrNotExist):
		err = writeNew(path, nil) // so that it is known now whether that works
	}
	if err != nil {
		return nil, usageError{fmt.Errorf("--log-clients: %w", err)}
	}
	return s, nil
}

// readProfiles reads a file of programs; the error names the file.
func readProfiles(path string) ([]client.Profile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the profiles cannot be read: %w", err)
	}
	defer file.Close()
	list, err := client.Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", report.Escape(path), err)
	}
	return list, nil
}

// readFolder reads the programs that are in a folder. What is no file of programs is left alone.
func readFolder(path string) ([]client.Profile, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("the folder cannot be read: %w", err)
	}
	var out []client.Profile
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".csv" || !e.Type().IsRegular() {
			continue
		}
		if list, err := readProfiles(filepath.Join(path, e.Name())); err == nil {
			out = append(out, list...)
		}
	}
	return out, nil
}

// refresh reads the file again, which somebody may have changed. If it is gone, what was in it is not.
func (s *profileStore) refresh() error {
	if s.dir {
		return nil
	}
	list, err := readProfiles(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		s.known = list
	}
	return err
}

// add keeps a program, and returns the id that it has there, and whether it is new. A program of the same name that offers
// the same is there already, whenever it came.
func (s *profileStore) add(p client.Profile) (id string, fresh bool, err error) {
	var text bytes.Buffer
	if err := client.Write(&text, []client.Profile{p}); err != nil {
		return "", false, err
	}
	if _, err := client.Read(&text); err != nil {
		return "", false, fmt.Errorf("it contradicts itself: %w", err)
	}
	if err := s.refresh(); err != nil {
		return "", false, err
	}
	if len(s.known) >= maxStored {
		return "", false, fmt.Errorf("there are %d already", maxStored)
	}
	for _, k := range s.known {
		if same(k, p) {
			return k.ID, false, nil
		}
	}
	base := p.ID
	for n := 2; ; n++ {
		there, err := s.find(p.ID)
		switch {
		case err != nil:
			return "", false, err
		case there == nil:
			if err := s.keep(p); err != nil {
				return "", false, err
			}
			return p.ID, true, nil
		case same(*there, p):
			return p.ID, false, nil
		}
		p.ID = fmt.Sprintf("%s-%d", base, n)
	}
}

// find returns the program that has an id in the store, or nil.
func (s *profileStore) find(id string) (*client.Profile, error) {
	for i := range s.known {
		if s.known[i].ID == id {
			return &s.known[i], nil
		}
	}
	if !s.dir {
		return nil, nil
	}
	list, err := readProfiles(s.file(id))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil || len(list) != 1:
		return &client.Profile{}, nil // somebody else's, and never the same
	}
	return &list[0], nil
}

func (s *profileStore) file(id string) string { return filepath.Join(s.path, id+".csv") }

// same reports whether two programs are one, whenever they were seen.
func same(a, b client.Profile) bool {
	b.ID, b.Source = a.ID, a.Source
	return reflect.DeepEqual(a, b)
}

// keep saves a program. It is known only when it is saved.
func (s *profileStore) keep(p client.Profile) error {
	list := append(slices.Clone(s.known), p)
	var err error
	if s.dir {
		err = writeNew(s.file(p.ID), []client.Profile{p})
	} else {
		err = rewrite(s.path, list)
	}
	if err == nil {
		s.known = list
	}
	return err
}

// writeNew writes a file that must not be there yet, whole or not at all.
func writeNew(path string, list []client.Profile) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("saving: %w", err)
	}
	if err = errors.Join(client.Write(file, list), file.Close()); err != nil {
		_ = os.Remove(path) // what is left of it
	}
	return err
}

// rewrite writes a file anew, whole or not at all.
func rewrite(path string, list []client.Profile) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) { // somebody took it away
		return writeNew(path, list)
	}
	var b bytes.Buffer
	err := client.Write(&b, list)
	if err == nil {
		err = replaceFile(path, b.Bytes())
	}
	if err != nil {
		return fmt.Errorf("saving: %w", err)
	}
	return nil
}

// slug makes an id of a name, which is also safe as the name of a file: of a-z, 0-9, "." and "-".
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '.' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 80 {
			break
		}
	}
	if out := strings.Trim(b.String(), "-."); out != "" {
		return out
	}
	return "client"
}

// printable makes a name for people of what a client, or somebody, wrote.
func printable(name string) string {
	name = report.Escape(strings.TrimSpace(name))
	if len(name) > 80 {
		name = name[:80]
	}
	return strings.TrimLeft(strings.ToValidUTF8(name, ""), "=+-@") // which spreadsheets take for a formula
}
