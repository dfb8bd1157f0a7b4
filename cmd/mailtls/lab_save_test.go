package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/tlswire"
)

// sender is a program that can be saved, under the id of a day.
func sender(t *testing.T, id string, suite tlswire.Suite) client.Profile {
	t.Helper()
	p, err := client.FromHello(tlswire.ClientHello{Version: tlswire.TLS12, Suites: []tlswire.Suite{suite}}, tlswire.TLS12)
	if err != nil {
		t.Fatal(err)
	}
	p.ID, p.Name, p.Source = id, "mx.example.org", id
	p.Kind, p.Protocols = kindOf("smtp")
	return p
}

func mustAdd(t *testing.T, s *profileStore, p client.Profile, id string, fresh bool) {
	t.Helper()
	if got, isFresh, err := s.add(p); err != nil || got != id || isFresh != fresh {
		t.Errorf("adding %s: %q, fresh %v, %v", p.ID, got, isFresh, err)
	}
}

// TestStoreKeepsChanges changes the file while the lab runs, as an editor or another lab does.
func TestStoreKeepsChanges(t *testing.T) {
	file := filepath.Join(t.TempDir(), "senders.csv")
	s, err := openStore(file)
	if err != nil {
		t.Fatal(err)
	}
	other, err := openStore(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, 0o600); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, s, sender(t, "one", 0xc02f), "one", true)
	mustAdd(t, other, sender(t, "two", 0xc030), "two", true)
	mustAdd(t, s, sender(t, "two", 0xc02c), "two-2", true)
	mustAdd(t, s, sender(t, "another-day", 0xc030), "two", false)
	if list, err := readProfiles(file); err != nil || len(list) != 3 {
		t.Errorf("%d programs, %v", len(list), err)
	}
	if at, err := os.Stat(file); err != nil || at.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", at.Mode(), err)
	}
	if err := os.WriteFile(file, []byte("half of what somebody wr"), 0o600); err != nil {
		t.Fatal(err)
	}
	if id, _, err := s.add(sender(t, "three", 0xcca8)); err == nil || id != "" {
		t.Errorf("saved as %q into a file that cannot be read", id)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, s, sender(t, "three", 0xcca8), "three", true)
	if list, err := readProfiles(file); err != nil || len(list) != 4 {
		t.Errorf("%d programs, %v", len(list), err)
	}
}

// TestStoreKnowsTheFolder opens a folder again, on another day.
func TestStoreKnowsTheFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "notes.csv"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, id := range []string{"monday", "tuesday"} {
		s, err := openStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		mustAdd(t, s, sender(t, id, 0xc02f), "monday", i == 0)
	}
}

// TestNotSavedIsNotKnown loses the folder, and wants nothing to be called saved that is not.
func TestNotSavedIsNotKnown(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "senders")
	s, err := openStore(dir + "/")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if id, _, err := s.add(sender(t, "one", 0xc02f)); err == nil || id != "" {
			t.Errorf("saved as %q, %v", id, err)
		}
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, s, sender(t, "one", 0xc02f), "one", true)
}
