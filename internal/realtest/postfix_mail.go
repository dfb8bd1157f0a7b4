package realtest

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Whom a Postfix with [Postfix.Mailbox] knows: one who has mail, and one whose mail is put off again and again.
const (
	Mailbox = "postmaster@" + Host
	PutOff  = "later@" + Host
)

// queueFolders makes what a Postfix needs that takes mail in.
func queueFolders(dir string) error {
	uid, err := userID("postfix", "postfix")
	if err != nil {
		return err
	}
	for _, d := range []string{"incoming", "active", "deferred", "defer", "bounce", "hold", "corrupt", "flush", "trace", "saved", "maildrop"} {
		path := filepath.Join(dir, "queue", d)
		if err := os.Mkdir(path, 0o700); err != nil {
			return fmt.Errorf("making Postfix's queue: %w", err)
		}
		if err := os.Chown(path, uid, -1); err != nil {
			return fmt.Errorf("making Postfix's queue: %w", err)
		}
	}
	return nil
}

// delivery are the services of a Postfix that takes mail in.
const delivery = `cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
discard unix - - n - - discard
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
`

// mailboxMaster is delivery into files.
const mailboxMaster = delivery + "virtual unix - n n - - virtual\n"

// mailboxes makes the folder of mail, and returns what main.cf says of it.
func mailboxes(dir string) ([]string, error) {
	if err := queueFolders(dir); err != nil {
		return nil, err
	}
	uid, err := userID("postfix", "postfix")
	if err != nil {
		return nil, err
	}
	base := filepath.Join(dir, "mail")
	if err = os.Mkdir(base, 0o700); err == nil {
		err = os.Chown(base, uid, -1)
	}
	if err != nil {
		return nil, fmt.Errorf("making a folder for mail: %w", err)
	}
	return []string{"virtual_mailbox_domains = " + Host, "virtual_mailbox_base = " + base, "virtual_mailbox_maps = inline:{ " + Mailbox + "=box/ " + PutOff + "=later/ }",
		"virtual_minimum_uid = 1", fmt.Sprintf("virtual_uid_maps = static:%d", uid), fmt.Sprintf("virtual_gid_maps = static:%d", uid), "virtual_alias_maps =",
		"smtpd_relay_restrictions = reject_unauth_destination",
		"smtpd_recipient_restrictions = check_recipient_access inline:{ { " + PutOff + " = 450 4.2.0 come back later } }"}, nil
}

// Mails waits until n messages are in the mailbox of a Postfix, and returns them.
func Mails(t TB, s *Server, n int) []string {
	t.Helper()
	tick, patience := time.NewTicker(20*time.Millisecond), Patience(t)
	defer tick.Stop()
	for {
		files, _ := filepath.Glob(filepath.Join(s.Dir, "mail", "box", "new", "*"))
		var texts []string
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatalf("%v", err)
			}
			texts = append(texts, string(text))
		}
		if len(texts) >= n {
			return texts
		}
		select {
		case <-tick.C:
		case <-s.ended:
			t.Fatalf("it ended, and %d messages came, want %d:\n%s", len(texts), n, s.Log())
		case <-patience.Done():
			t.Fatalf("%d messages came, want %d:\n%s", len(texts), n, s.Log())
		}
	}
}
