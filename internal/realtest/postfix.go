package realtest

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Postfix is a Postfix as Debian ships it, with the services smtp (STARTTLS offered), submission (STARTTLS required)
// and submissions (implicit TLS). It must be started as root.
type Postfix struct {
	// Keys are the kinds of its certificates.
	Keys []Key
	// Limits leaves the limits per client address in force: 50 connections at once and, with RatePerMinute, that many
	// a minute. Otherwise this machine is exempt from them.
	Limits        bool
	RatePerMinute int
	// Postscreen puts postscreen in front of smtp.
	Postscreen bool
	// Mailbox has it take mail for the address of that name, which [Mails] reads, put off mail for another, and refuse the rest.
	Mailbox bool
	// At is an address, not of loopback, where the services have their own ports: 25, 587, 465. Empty: free ports of 127.0.0.1.
	At string
	// Parameters are further lines of main.cf, "tls_preempt_cipherlist = yes".
	Parameters []string
}

// Start runs it; see Starter.
func (p Postfix) Start(ctx context.Context) (*Server, error) { return start(ctx, p.prepare) }

func (p Postfix) prepare() (launch, error) {
	if err := rootFor("postfix"); err != nil {
		return launch{}, err
	}
	dir, services, err := prepare("postfix", cmp.Or(p.At, loopback), p.configure, "smtp", "submission", "submissions")
	// -s keeps it in the foreground and in our process group.
	return launch{name: "postfix", program: "postfix", args: []string{"-c", filepath.Join(dir, "etc"), "-s"}, dir: dir,
		services: services, logs: []string{filepath.Join(dir, "log")}}, err
}

func (p Postfix) configure(dir string, services map[string]string) error {
	if err := makeQueue(dir); err != nil {
		return err
	}
	pairs, err := writeKeys(dir, p.Keys)
	if err != nil {
		return err
	}
	main := strings.NewReplacer("DIR", dir, "HOST", Host).Replace(postfixMain)
	for _, pair := range pairs {
		name := map[Key]string{RSA: "", ECDSA: "ec"}[pair.kind]
		main += fmt.Sprintf("smtpd_tls_%scert_file = %s\nsmtpd_tls_%skey_file = %s\n", name, pair.cert, name, pair.key)
	}
	master := strings.NewReplacer("SUBMISSIONS", services["submissions"], "SUBMISSION", services["submission"],
		"SMTP", services["smtp"]).Replace(p.master())
	lines := append(p.limits(), p.Parameters...)
	if p.Mailbox {
		more, err := mailboxes(dir)
		if err != nil {
			return err
		}
		main = strings.Replace(main, "smtpd_relay_restrictions = reject\n", "", 1)
		lines, master = append(lines, more...), master+mailboxMaster
	}
	main += strings.Join(lines, "\n") + "\n"
	for name, content := range map[string]string{"main.cf": main, "master.cf": master} {
		file := filepath.Join(dir, "etc", name)
		err := os.WriteFile(file, []byte(content), 0o644)
		if err == nil {
			// Postfix reads a young file again and again until it is two seconds old, lest it be half written.
			err = os.Chtimes(file, time.Time{}, time.Now().Add(-time.Minute))
		}
		if err != nil {
			return fmt.Errorf("configuring Postfix: %w", err)
		}
	}
	return nil
}

// limits says whether 127.0.0.1 is a stranger, who is limited, or a neighbour.
func (p Postfix) limits() []string {
	lines := []string{"mynetworks = 192.0.2.0/24"}
	if !p.Limits && p.RatePerMinute == 0 {
		lines = append(lines, "smtpd_client_event_limit_exceptions = 127.0.0.0/8")
	}
	if p.RatePerMinute > 0 {
		lines = append(lines, fmt.Sprintf("smtpd_client_connection_rate_limit = %d", p.RatePerMinute))
	}
	return lines
}

func (p Postfix) master() string {
	if p.Postscreen {
		return postscreenMaster + postfixMaster
	}
	return "SMTP inet n - n - - smtpd\n" + postfixMaster
}

// makeQueue makes what "postfix check" would make at the first start, as far as smtpd needs it.
func makeQueue(dir string) error {
	uid, err := userID("postfix", "postfix")
	if err != nil {
		return err
	}
	for _, d := range []string{"etc", "data", "queue", "queue/pid", "queue/public", "queue/private"} {
		path := filepath.Join(dir, d)
		if err := os.Mkdir(path, 0o755); err != nil {
			return fmt.Errorf("making Postfix's queue: %w", err)
		}
		if d == "data" || d == "queue/public" || d == "queue/private" {
			if err := os.Chown(path, uid, -1); err != nil {
				return fmt.Errorf("making Postfix's queue: %w", err)
			}
		}
	}
	return nil
}

// postfixMain is Debian's main.cf as far as it touches TLS, in folders of ours. The log must not go to syslog: without
// a reader there Postfix stalls.
const postfixMain = `compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
maillog_file = DIR/log
maillog_file_prefixes = DIR
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = HOST
mydestination =
alias_maps =
alias_database =
smtpd_tls_security_level = may
smtpd_relay_restrictions = reject
`

const postfixMaster = `SUBMISSION inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
SUBMISSIONS inet n - n - - smtpd
  -o syslog_name=postfix/submissions
  -o smtpd_tls_wrappermode=yes
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
`

const postscreenMaster = `SMTP inet n - n - 1 postscreen
smtpd pass - - n - - smtpd
dnsblog unix - - n - 0 dnsblog
tlsproxy unix - - n - 0 tlsproxy
`
