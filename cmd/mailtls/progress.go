package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/mailtls/mailtls"
	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/report"
)

// progress shows what a scan does while it does it: a line per endpoint, changed in place. Its methods may be called by
// several goroutines.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	width int
	plain bool              // ASCII alone
	order []string          // endpoints in the order they came
	lines map[string]string // the line of each
	drawn int               // lines on the screen
	last  time.Time
}

// calm is how long a drawn line stays, so that it can be read and the terminal keeps up.
const calm = 80 * time.Millisecond

// newProgress returns a progress on w, or nil, which shows nothing, if w is no terminal.
func (a *app) newProgress(w io.Writer) *progress {
	if _, ok := terminal(w); !ok || a.dumb() {
		return nil
	}
	return &progress{w: w, width: a.width(w), plain: !a.symbols(), lines: make(map[string]string)}
}

// first is the line that stands until a scan tells something, which a silent server keeps from happening for long.
const first = "waiting for the first reply; Ctrl-C ends the scan and shows what is known"

// begin shows at once that something is being done.
func (p *progress) begin() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.order, p.lines[first] = []string{first}, first
	p.draw()
}

// event takes in what a scan tells.
func (p *progress) event(e mailtls.Event) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := endpointName(e.Target)
	p.order = slices.DeleteFunc(p.order, func(s string) bool { return s == first })
	if !slices.Contains(p.order, key) {
		p.order = append(p.order, key)
	}
	p.lines[key] = p.line(key, e)
	if now := time.Now(); e.Done || now.Sub(p.last) > calm {
		p.draw()
		p.last = now
	}
}

// clear takes the lines away, so that the report stands alone.
func (p *progress) clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.order, p.lines = nil, make(map[string]string)
	p.draw()
}

// draw goes back to the first line and writes all anew.
func (p *progress) draw() {
	var b strings.Builder
	if p.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA", p.drawn)
	}
	b.WriteString("\r\x1b[J")
	for _, key := range p.order {
		b.WriteString(fit(p.lines[key], p.width-1) + "\n")
	}
	p.drawn = len(p.order)
	_, _ = io.WriteString(p.w, b.String()) // progress that cannot be shown is no error
}

// line is what is shown about an endpoint.
func (p *progress) line(key string, e mailtls.Event) string {
	escape, dot := report.Escape, " · "
	if p.plain {
		escape, dot = report.EscapeASCII, ", "
	}
	var parts []string
	if e.Text != "" {
		parts = append(parts, escape(e.Text))
	}
	if e.Connections > 0 || e.Elapsed > 0 { // else nothing was sent yet
		parts = append(parts, count(e.Connections, "connection"), fmt.Sprintf("%.1f s", e.Elapsed.Seconds()))
	}
	return escape(key) + "  " + strings.Join(parts, dot)
}

// endpointName is how progress and errors name an endpoint, or the name that the DNS is asked about.
func endpointName(t evidence.Target) string {
	host := t.Host
	if t.Port == 0 {
		return host
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	name := fmt.Sprintf("%s:%d", host, t.Port)
	if t.Address != "" && t.Address != t.Host {
		name += " " + t.Address
	}
	return name
}

// fit cuts s to width columns.
func fit(s string, width int) string {
	for lipgloss.Width(s) > max(width, 0) {
		r := []rune(s)
		s = string(r[:len(r)-1])
	}
	return s
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
