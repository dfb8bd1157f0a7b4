package main

import (
	"errors"
	"fmt"
	neturl "net/url"
	"os"
	"strings"

	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/jobs"
	"github.com/spf13/pflag"
)

// smtpFlags are the flags of serve on how monitors tell.
type smtpFlags struct {
	base        baseURL
	host        hostName
	port        number
	from        string
	tls         choice
	credentials fileName
}

func newSMTPFlags() smtpFlags {
	return smtpFlags{port: number{value: 587, min: 1, max: 65535}, tls: choice{value: "required", words: []string{"required", "off"}}}
}

func (f *smtpFlags) add(fs *pflag.FlagSet) {
	fs.Var(&f.base, "url", "how people reach this service, for links in messages, such as https://mailtls.example.org")
	fs.Var(&f.host, "smtp-host", "mail server that takes the messages of monitors")
	fs.Var(&f.port, "smtp-port", "its port; at 465 TLS is spoken from the first byte, else after STARTTLS")
	fs.StringVar(&f.from, "smtp-from", "", "`address` that messages come from")
	fs.Var(&f.tls, "smtp-tls", "whether it has to have TLS, with a certificate that is trusted")
	fs.Var(&f.credentials, "smtp-credentials", "file with the name it knows us by in the first line, and the password in the second")
	group(fs, "How monitors tell", "url", "smtp-host", "smtp-port", "smtp-from", "smtp-tls", "smtp-credentials")
}

// maxCredentials is how many bytes a file of credentials may have.
const maxCredentials = 4 << 10

// server is the mail server that the flags name; nil if they name none.
func (f *smtpFlags) server() (*channel.SMTP, error) {
	if f.host.value == "" {
		if f.from != "" || f.credentials.value != "" {
			return nil, usageError{errors.New("--smtp-from and --smtp-credentials need --smtp-host")}
		}
		return nil, nil
	}
	s := &channel.SMTP{Host: f.host.value, Port: f.port.value, From: f.from, Plain: f.tls.value == "off",
		Implicit: f.port.value == 465}
	if path := f.credentials.value; path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		user, password, _ := strings.Cut(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
		s.User, s.Password = user, strings.TrimSuffix(password, "\n")
		if len(text) > maxCredentials || s.User == "" || s.Password == "" || strings.Contains(s.Password, "\n") {
			return nil, fmt.Errorf("%s: want two lines: a name, and a password", path)
		}
	}
	if err := s.Check(); err != nil {
		return nil, usageError{fmt.Errorf("mail server: %w", err)}
	}
	return s, nil
}

// watch is what monitors need; nil where strangers might reach the service: there are none then.
func (f *serveFlags) watch() (*jobs.Watch, error) {
	smtp, err := f.smtp.server()
	if err != nil {
		return nil, err
	}
	if f.reached() && !f.auth.on {
		if smtp != nil {
			return nil, usageError{errors.New("--smtp-host is for monitors, which there are only with accounts (--auth), or with --listen on a loopback address and without --host or --tls-name: " +
				"whoever reaches the service could have it send mail to anybody")}
		}
		return nil, nil
	}
	return &jobs.Watch{SMTP: smtp, Hooks: channel.NewHooks(f.private), URL: f.smtp.base.value}, nil
}

// baseURL is a flag that takes where the pages of a service begin.
type baseURL struct{ value string }

func (b *baseURL) String() string { return b.value }

// Type is shown in the help as what the flag takes.
func (b *baseURL) Type() string { return "URL" }

func (b *baseURL) Set(s string) error {
	u, err := neturl.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("want an address such as https://mailtls.example.org")
	}
	b.value = strings.TrimSuffix(s, "/")
	return nil
}
