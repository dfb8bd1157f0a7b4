package x509lax

import (
	"bytes"
	"time"
)

// validity reads notBefore and notAfter (RFC 5280, Section 4.1.2.5).
func (r *reader) validity(e element) {
	s := r.inside(e, "validity")
	r.cert.NotBefore = r.time(s, "notBefore")
	r.cert.NotAfter = r.time(s, "notAfter")
	s.end()
	if r.cert.NotAfter.Before(r.cert.NotBefore) && !r.cert.NotAfter.IsZero() {
		r.problem("validity: ends before it begins")
	}
}

// time reads one Time.
func (r *reader) time(s *sequence, field string) time.Time {
	if len(s.rest) == 0 {
		r.problem("%s: missing", field)
		return time.Time{}
	}
	e, ok := s.next()
	if !ok {
		return time.Time{}
	}
	if e.clipped {
		r.problem("%s: cut off", field)
		return time.Time{}
	}
	if e.tag != tagUTCTime && e.tag != tagGenTime {
		r.problem("%s: tag 0x%02x is no time", field, e.tag)
		return time.Time{}
	}
	t, der, ok := parseTime(e.body, e.tag == tagGenTime)
	switch {
	case !ok:
		r.problem("%s: cannot be read as a time", field)
	case !der:
		r.problem("%s: not of the form that RFC 5280 wants", field)
	case e.tag == tagGenTime && t.Year() < 2050:
		r.problem("%s: GeneralizedTime before 2050", field)
	}
	return t
}

// parseTime reads all forms of UTCTime and GeneralizedTime (X.680, Sections 46 and 47): without minutes or seconds, with
// a fraction, with an offset instead of Z, and without either, which is taken for UTC. der tells whether it is the one
// form that RFC 5280 allows. Times outside of the years 1 to 9999, which RFC 3339 cannot say, are not ok.
func parseTime(b []byte, generalized bool) (t time.Time, der, ok bool) {
	p := timeParser{rest: b, ok: true}
	year := p.year(generalized)
	month, day, hour := p.two(), p.two(), p.two()
	if !p.ok || !validDay(year, month, day) || hour > 23 {
		return time.Time{}, false, false
	}
	minute, hasMinute := p.optionalTwo()
	second, hasSecond := p.optionalTwo()
	fraction := generalized && p.fraction()
	offset, zulu := p.zone()
	if !p.ok || len(p.rest) > 0 || minute > 59 || second > 59 || !hasMinute && !generalized {
		return time.Time{}, false, false
	}
	t = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Add(-offset)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, false, false
	}
	return t, hasSecond && zulu && !fraction, true
}

func validDay(year, month, day int) bool {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t.Year() == year && int(t.Month()) == month && t.Day() == day
}

// timeParser takes digits off the front; ok turns false at the first that is missing.
type timeParser struct {
	rest []byte
	ok   bool
}

// year reads four digits, or two that mean 1950 to 2049 (RFC 5280, Section 4.1.2.5.1).
func (p *timeParser) year(generalized bool) int {
	year := p.two()
	switch {
	case generalized:
		return 100*year + p.two()
	case year >= 50:
		return 1900 + year
	}
	return 2000 + year
}

func (p *timeParser) two() int {
	if len(p.rest) < 2 || !digit(p.rest[0]) || !digit(p.rest[1]) {
		p.ok = false
		return 0
	}
	n := int(p.rest[0]-'0')*10 + int(p.rest[1]-'0')
	p.rest = p.rest[2:]
	return n
}

func (p *timeParser) optionalTwo() (int, bool) {
	if len(p.rest) == 0 || !digit(p.rest[0]) {
		return 0, false
	}
	return p.two(), true
}

// fraction skips a fraction of whatever came last; less than a minute matters to nobody.
func (p *timeParser) fraction() bool {
	if len(p.rest) == 0 || p.rest[0] != '.' && p.rest[0] != ',' {
		return false
	}
	p.rest = bytes.TrimLeft(p.rest[1:], "0123456789")
	return true
}

// zone reads Z, +hhmm or -hhmm.
func (p *timeParser) zone() (offset time.Duration, zulu bool) {
	if len(p.rest) == 0 {
		return 0, false
	}
	sign := p.rest[0]
	p.rest = p.rest[1:]
	if sign == 'Z' {
		return 0, true
	}
	hours, minutes := p.two(), p.two()
	offset = time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	switch sign {
	case '+':
	case '-':
		offset = -offset
	default:
		p.ok = false
	}
	return offset, false
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
