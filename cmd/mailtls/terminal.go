package main

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/report"
	"golang.org/x/term"
)

// getenv returns the last value of a variable in env.
func (a *app) getenv(name string) string {
	value := ""
	for _, e := range a.env {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			value = v
		}
	}
	return value
}

// terminal returns the file descriptor of a terminal that w writes to.
func terminal(w io.Writer) (fd int, ok bool) {
	f, ok := fileOf(w)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	return int(f.Fd()), true
}

// fileOf returns the file that w writes to, if it is one.
func fileOf(w io.Writer) (*os.File, bool) {
	if out, ok := w.(*watched); ok {
		w = out.Writer
	}
	f, ok := w.(*os.File)
	return f, ok
}

// dumb reports whether the terminal cannot do more than print, as in an editor's shell.
func (a *app) dumb() bool { return a.getenv("TERM") == "dumb" }

// textOptions says how text for w should look: colour as the user chose, else on a terminal unless NO_COLOR
// (https://no-color.org) or TERM=dumb forbid it; symbols where the locale has them.
func (a *app) textOptions(w io.Writer, color string, verbose bool) report.TextOptions {
	_, onTerminal := terminal(w)
	opt := report.TextOptions{Width: a.width(w), Plain: !a.symbols(), Verbose: verbose}
	switch color {
	case "always":
		opt.Color = true
	case "auto":
		opt.Color = onTerminal && a.getenv("NO_COLOR") == "" && !a.dumb()
	}
	return opt
}

// widest is where lines get too long to read.
const widest = 120

// width returns the columns to use: those of the terminal, else of COLUMNS, else 80.
func (a *app) width(w io.Writer) int {
	if fd, ok := terminal(w); ok {
		if columns, _, err := term.GetSize(fd); err == nil && columns > 0 {
			return min(columns, widest)
		}
	}
	if n, err := strconv.Atoi(a.getenv("COLUMNS")); err == nil && n > 0 {
		return min(n, widest)
	}
	return 80
}

// symbols reports whether text may hold more than ASCII: in a UTF-8 locale, but for the consoles whose fonts lack ticks.
func (a *app) symbols() bool {
	if a.dumb() || a.getenv("TERM") == "linux" {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(a.getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return runtime.GOOS == "windows"
}
