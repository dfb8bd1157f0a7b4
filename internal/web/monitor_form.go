package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/mailtls/mailtls/internal/channel"
	"github.com/mailtls/mailtls/internal/store"
	"github.com/mailtls/mailtls/policy"
)

// What a monitor may have.
const (
	maxTargets    = 100
	maxRecipients = 20
	maxName       = 100     // characters
	maxHours      = 31 * 24 // from one look to the next
)

// monitorForm is what somebody typed about a monitor.
type monitorForm struct {
	Name    string
	Targets string // one a line
	Every   string // hours
	Depth   string
	Policy  string
	Mail    string // one a line
	Webhook string
	Slack   string
	Digest  bool
}

func formOf(r *http.Request) monitorForm {
	return monitorForm{Name: r.PostFormValue("name"), Targets: r.PostFormValue("targets"), Every: r.PostFormValue("every"), Depth: r.PostFormValue("depth"),
		Policy: r.PostFormValue("policy"), Mail: r.PostFormValue("mail"), Webhook: r.PostFormValue("webhook"), Slack: r.PostFormValue("slack"), Digest: r.PostFormValue("digest") != ""}
}

func formFrom(m *store.Monitor) monitorForm {
	depth := "full"
	if m.Quick {
		depth = "quick"
	}
	return monitorForm{Name: m.Name, Targets: strings.Join(m.Targets, "\n"), Every: strconv.Itoa(int(m.Every / time.Hour)), Depth: depth, Policy: m.Policy,
		Mail: strings.Join(m.Mail, "\n"), Webhook: m.Webhook, Slack: m.Slack, Digest: m.Digest}
}

// usual reports whether the schedule is among those that are offered.
func (f monitorForm) usual() bool {
	_, err := strconv.Atoi(f.Every)
	return err != nil || slices.ContainsFunc(schedules(), func(c choice) bool { return c.Value == f.Every })
}

// monitorOf reads a form. What is wrong with it is told by field.
func (s *server) monitorOf(f monitorForm) (*store.Monitor, map[string]string) {
	wrong := make(map[string]string)
	note := func(field string, err error) {
		if err != nil {
			wrong[field] = sentence(err.Error())
		}
	}
	m := &store.Monitor{Quick: f.Depth != "full", Policy: f.Policy, Digest: f.Digest, Webhook: strings.TrimSpace(f.Webhook), Slack: strings.TrimSpace(f.Slack)}
	var err error
	m.Targets, err = s.targetsOf(f.Targets)
	note("targets", err)
	m.Name, err = nameOf(f.Name, m.Targets)
	note("name", err)
	m.Every, err = everyOf(f.Every)
	note("every", err)
	m.Mail, err = recipientsOf(f.Mail)
	note("mail", err)
	for field, url := range map[string]string{"webhook": m.Webhook, "slack": m.Slack} {
		if url != "" {
			_, err := s.Hooks.URL(url)
			note(field, err)
		}
	}
	if !slices.Contains(policy.Names(), f.Policy) {
		note("policy", fmt.Errorf("there is no policy of that name: there are %s", strings.Join(policy.Names(), ", ")))
	}
	if f.Depth != "quick" && f.Depth != "full" {
		note("depth", fmt.Errorf("a scan is quick or full"))
	}
	if len(m.Mail) > 0 && !s.Mail {
		note("mail", fmt.Errorf("this service has no mail server: it is started with --smtp-host"))
	}
	return m, wrong
}

func lines(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
}

func (s *server) targetsOf(text string) ([]string, error) {
	var out []string
	for _, line := range lines(text) {
		target, err := s.targetOf(line)
		if err != nil && !strings.Contains(err.Error(), strconv.Quote(line)) {
			err = fmt.Errorf("%.100q: %w", line, err)
		}
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, target) {
			out = append(out, target)
		}
		if len(out) > maxTargets {
			return nil, fmt.Errorf("a monitor has up to %d domains and servers", maxTargets)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("want a domain such as example.org, or a server such as imaps://mail.example.org; one in each line")
	}
	slices.Sort(out)
	return out, nil
}

// nameOf is a monitor's name: that of its first target, if it was given none.
func nameOf(text string, targets []string) (string, error) {
	text = strings.TrimSpace(text)
	switch {
	case len([]rune(text)) > maxName || !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", fmt.Errorf("a name has up to %d characters, all of which can be printed", maxName)
	case text == "" && len(targets) > 0:
		return fmt.Sprintf("%.*s", maxName, targets[0]), nil
	}
	return text, nil
}

func everyOf(text string) (time.Duration, error) {
	hours, err := strconv.Atoi(text)
	if err != nil || hours < 1 || hours > maxHours {
		return 0, fmt.Errorf("want a number of hours from 1 to %d", maxHours)
	}
	return time.Duration(hours) * time.Hour, nil
}

func recipientsOf(text string) ([]string, error) {
	var out []string
	for _, line := range lines(text) {
		to, err := channel.Address(line)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, to) {
			out = append(out, to)
		}
		if len(out) > maxRecipients {
			return nil, fmt.Errorf("a monitor tells up to %d addresses", maxRecipients)
		}
	}
	return out, nil
}
