package report

import (
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/tlswire"
)

// A quality is what points are given for.
type quality struct {
	points    int
	yes, no   string
	of        func(*evidence.Domain, evidence.Hop, *evidence.Endpoint) evidence.Answer
	encrypted bool // there is none without encryption
}

func qualities() []quality {
	return []quality{
		{40, "it encrypts", "it does not encrypt", encrypts, false},
		{20, "TLS 1.2 or newer", "nothing newer than TLS 1.1", modern, true},
		{20, "its certificate holds", "its certificate does not hold", holds, true},
		{20, "DANE or MTA-STS make senders insist on it", "nothing makes senders insist on it", insisted, true},
	}
}

func encrypts(_ *evidence.Domain, _ evidence.Hop, e *evidence.Endpoint) evidence.Answer {
	switch {
	case e == nil || refuses(e) || e.Facts.STARTTLS.State != evidence.Known:
		return evidence.Unsure
	case e.Facts.STARTTLS.Value.Works:
		return evidence.Yes
	}
	return evidence.No
}

// refuses reports whether an address was seen to refuse connections: what it would do in one, nobody has seen.
func refuses(e *evidence.Endpoint) bool {
	return e != nil && evidence.Is(e.Facts.Reachable) == evidence.No
}

func modern(_ *evidence.Domain, _ evidence.Hop, e *evidence.Endpoint) evidence.Answer {
	return evidence.Any(e.Facts.Versions, func(v tlswire.Version) bool { return v == tlswire.TLS12 || v == tlswire.TLS13 })
}

// holds asks for certificates that authorities or DANE vouch for.
func holds(_ *evidence.Domain, h evidence.Hop, e *evidence.Endpoint) evidence.Answer {
	f := e.Facts.Certificates
	if h.DANE.Outcome == evidence.Authenticated {
		return evidence.Yes
	}
	if !f.Seen() || len(f.Value) == 0 {
		return evidence.Unsure
	}
	trusted := true
	for _, c := range f.Value {
		switch {
		case c.WithoutSNI && !c.WithSNI:
		case c.Trust == nil:
			return evidence.Unsure
		case !c.Trust.Trusted:
			trusted = false
		}
	}
	switch {
	case trusted && f.State == evidence.Known:
		return evidence.Yes
	case !trusted && h.DANE.Outcome != evidence.Undecided:
		return evidence.No
	}
	return evidence.Unsure
}

// insisted asks whether any senders deliver only to whom they have made sure of.
func insisted(d *evidence.Domain, h evidence.Hop, _ *evidence.Endpoint) evidence.Answer {
	sts := h.STS.Outcome
	if d.Policy.Seen() && d.Policy.Value.Mode != "enforce" {
		sts = evidence.Opportunistic
	}
	switch {
	case h.DANE.Outcome == evidence.Authenticated || sts == evidence.Authenticated:
		return evidence.Yes
	case h.DANE.Outcome == evidence.Undecided || sts == evidence.Undecided:
		return evidence.Unsure
	}
	return evidence.No
}
