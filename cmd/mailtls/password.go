package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/mailtls/mailtls/internal/account"
)

// maxPasswordLine is how many bytes of a line of input are read.
const maxPasswordLine = 4 << 10

// newPassword asks for a password for an account of that name, and returns it hashed.
func (a *app) newPassword(ctx context.Context, name string) (string, error) {
	password, err := a.readPassword(ctx)
	if err != nil {
		return "", err
	}
	if err := account.CheckPassword(password, name); err != nil {
		return "", err
	}
	return account.NewHasher().Hash(ctx, password)
}

// readPassword takes a password from a terminal, twice and without showing it, or else the first line of the input.
func (a *app) readPassword(ctx context.Context) (string, error) {
	if f, ok := a.stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		first, err := a.hidden(ctx, int(f.Fd()), "Password: ")
		if err != nil {
			return "", err
		}
		again, err := a.hidden(ctx, int(f.Fd()), "The same again: ")
		if err == nil && again != first {
			err = errors.New("the two passwords are not the same: nothing was changed")
		}
		return first, err
	}
	line, err := bufio.NewReader(io.LimitReader(a.stdin, maxPasswordLine)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("there is no password: the first line of the input is to have it")
	}
	return line, nil
}

// hidden asks for a line at a terminal that does not show it, also if it is told to end meanwhile.
func (a *app) hidden(ctx context.Context, fd int, prompt string) (string, error) {
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	fmt.Fprint(a.stderr, prompt)
	type answer struct {
		text []byte
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		typed <- answer{text, err}
	}()
	defer fmt.Fprintln(a.stderr)
	select {
	case got := <-typed:
		return string(got.text), got.err
	case <-ctx.Done():
		return "", errors.Join(errors.New("nothing was changed"), term.Restore(fd, before))
	}
}
