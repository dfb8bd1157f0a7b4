package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// replaceFile gives a file that is there a new text: it is written beside the file and then takes its place, so that a full
// disk or a crash leaves the old one. Permissions and owner stay, and a symbolic link goes on leading there. Only where the
// folder takes no new file, or the new one could not be the old one's owner's, it is written over.
func replaceFile(path string, text []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	err := writeBeside(path, text)
	if errors.Is(err, errStays) {
		return os.WriteFile(path, text, 0o644)
	}
	return err
}

// errStays is why a file is written over: no other can take its place.
var errStays = errors.New("the file cannot be replaced")

func writeBeside(path string, text []byte) error {
	old, err := os.Stat(path)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".mailtls-*")
	if err != nil {
		return stays(err)
	}
	_, err = file.Write(text)
	err = errors.Join(err, file.Sync())
	if err == nil {
		err = stays(errors.Join(keepOwner(file, old), file.Chmod(old.Mode().Perm())))
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = stays(os.Rename(file.Name(), path)) // fails where something is mounted over the file
	}
	if err != nil {
		_ = os.Remove(file.Name()) // what is left of it
	}
	return err
}

// stays marks an error that only says that the file cannot be replaced. A full disk would wipe it when it is written over.
func stays(err error) error {
	if err == nil || isFull(err) {
		return err
	}
	return fmt.Errorf("%w: %w", errStays, err)
}

// createNew opens a file for writing, and makes it if it is not there.
func createNew(path string) (file *os.File, created bool, err error) {
	file, err = os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) { // also what is no file, and a link that leads nowhere
		file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o644)
		return file, false, err
	}
	return file, err == nil, err
}
