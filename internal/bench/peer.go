package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/mailtls/mailtls/internal/realtest"
)

// A peer is another scanner, as Debian ships it.
type peer struct {
	name string
	// args gives its arguments for an address, and the name of a file that is to have the content, if it needs one.
	args   func(protocol, host, port, file string) ([]string, error)
	file   func(protocol, port string) string // content of the file; nil for none
	suite  *regexp.Regexp                     // matches once for each suite found in each version
	wanted float64                            // how many times slower than mailtls it should be
}

func peers() []peer {
	return []peer{
		{name: "nmap", args: nmapArgs, file: nmapServices, suite: regexp.MustCompile(`(?m)^\|.* - [A-F]$`), wanted: 2},
		{name: "sslscan", args: sslscanArgs, suite: regexp.MustCompile(`(?m)^(Preferred|Accepted) `), wanted: 6},
		{name: "testssl", args: testsslArgs, suite: regexp.MustCompile(`(?m)^ x[c0-9a-f]{2,4} `), wanted: 15},
	}
}

// family is the protocol that peers know p by: the one that is spoken before STARTTLS, or "" with implicit TLS.
func family(protocol string) string {
	switch protocol {
	case "smtp", "submission":
		return "smtp"
	case "lmtp", "imap", "pop3", "sieve":
		return protocol
	}
	return ""
}

// sslscanArgs: sslscan knows neither LMTP nor ManageSieve.
func sslscanArgs(protocol, host, port, _ string) ([]string, error) {
	args := []string{"--no-colour", "--sni-name=" + realtest.Host}
	switch f := family(protocol); f {
	case "":
	case "smtp", "imap", "pop3":
		args = append(args, "--starttls-"+f)
	default:
		return nil, fmt.Errorf("it does not know %s", f)
	}
	return append(args, host+":"+port), nil
}

// testsslArgs: without a name server that answers, looking up the name would be measured.
func testsslArgs(protocol, host, port, _ string) ([]string, error) {
	args := []string{"--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--ip", host}
	switch f := family(protocol); f {
	case "":
	case "smtp", "imap", "pop3", "lmtp":
		args = append(args, "--starttls", f)
	default:
		return nil, fmt.Errorf("it does not know %s", f)
	}
	return append(args, realtest.Host+":"+port), nil
}

// nmapArgs: nmap's script takes the protocol from nmap's list of services. With a list of one port, that port is also
// all that is scanned.
func nmapArgs(protocol, host, _, file string) ([]string, error) {
	if f := family(protocol); f == "sieve" || f == "lmtp" {
		return nil, fmt.Errorf("its script does not know %s", f)
	}
	return []string{"-n", "-Pn", "--servicedb", file, "--script", "ssl-enum-ciphers",
		"--script-args", "tls.servername=" + realtest.Host, host}, nil
}

func nmapServices(protocol, port string) string {
	return orDefault(family(protocol), "https") + "\t" + port + "/tcp\t0.5\n"
}

// command is what to run, and what to call afterwards.
func (p peer) command(protocol, addr string) (command []string, clean func(), err error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, nil, fmt.Errorf("address of the proxy: %w", err)
	}
	name, clean := "", func() {}
	if p.file != nil {
		if name, err = temporary(p.file(protocol, port)); err != nil {
			return nil, nil, err
		}
		clean = func() { _ = os.Remove(name) }
	}
	args, err := p.args(protocol, host, port, name)
	if err != nil {
		clean()
		return nil, nil, err
	}
	return append([]string{p.name}, args...), clean, nil
}

func temporary(content string) (string, error) {
	f, err := os.CreateTemp("", "bench")
	if err == nil {
		_, err = f.WriteString(content)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return "", fmt.Errorf("writing a file for a peer: %w", err)
	}
	return f.Name(), nil
}

// errNotFound says that a peer is not installed.
var errNotFound = errors.New("install the Debian package")

// patience is how long a peer may take.
const patience = 30 * time.Minute

// execute returns the standard output of a command.
func execute(ctx context.Context, command []string) ([]byte, error) {
	path, err := exec.LookPath(command[0])
	if err != nil {
		return nil, fmt.Errorf("%w of %s", errNotFound, command[0])
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, command[1:]...)
	cmd.Env = append(os.Environ(), "TERM=dumb")
	cmd.WaitDelay = time.Second
	output, err := cmd.Output()
	if err != nil {
		return output, fmt.Errorf("%s: %w", strings.Join(command, " "), err)
	}
	return output, nil
}
