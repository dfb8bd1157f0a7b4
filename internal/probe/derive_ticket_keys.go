package probe

import (
	"fmt"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// deriveWeakTickets looks at how the tickets are sealed that came in any connection. It is decided once session_ticket is.
func deriveWeakTickets(d *deriver) {
	f := &d.facts.WeakTickets
	all := d.facts.SessionTicket
	var zero, versions []string
	for i := range d.replies {
		if r := &d.replies[i]; r.zeroKey() {
			zero, versions = append(zero, r.id), once(versions, []string{"a ticket of " + r.version.String() + " is sealed with a key of zeros"})
		}
	}
	switch {
	case len(zero) > 0:
		*f = known(evidence.Weakness{Found: true, Kinds: []string{"zero-key"}, Shown: versions}, zero...)
	case all.State == evidence.Known:
		*f = known(evidence.Weakness{Shown: d.keptNames()}, all.From...)
	default:
		*f = d.untried(evidence.WeakTickets)
	}
}

// zeroKey reports whether a ticket came in this connection that anybody can open.
func (r *reply) zeroKey() bool {
	for _, m := range r.messages {
		if m.Type == tlswire.TypeNewSessionTicket && m.ZeroKey && !r.guess {
			return true
		}
	}
	return false
}

// keptNames tells of key names that came in more than one connection. How long a key is kept one scan cannot see.
func (d *deriver) keptNames() (list []string) {
	seen := map[string]string{}
	for i := range d.replies {
		r := &d.replies[i]
		for _, t := range r.tickets() {
			name := string(t.KeyName)
			if other, ok := seen[name]; ok && other != r.id && len(name) == ticketKeyName {
				return []string{fmt.Sprintf("tickets of two connections name the same key, %x", t.KeyName)}
			}
			seen[name] = r.id
		}
	}
	return nil
}
