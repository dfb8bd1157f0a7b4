package fix

import (
	"cmp"
	"strconv"
	"strings"
)

// compareVersions compares dotted numbers by their parts, as in "2.3.19" and "2.4"; what is no number counts as 0.
func compareVersions(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(x), len(y)) {
		if c := cmp.Compare(part(x, i), part(y, i)); c != 0 {
			return c
		}
	}
	return 0
}

func part(parts []string, i int) int {
	if i >= len(parts) {
		return 0
	}
	n, _ := strconv.Atoi(parts[i])
	return n
}

// IsVersion reports whether s is a version as harden takes it: numbers with dots between.
func IsVersion(s string) bool {
	for p := range strings.SplitSeq(s, ".") {
		if n, err := strconv.Atoi(p); err != nil || n < 0 || p[0] == '+' || len(p) > 9 {
			return false
		}
	}
	return true
}

// fits reports whether some version that g may be knows the form.
func (f Form) fits(g Guess) bool {
	switch {
	case f.Build != "" && g.Build != "" && f.Build != g.Build:
		return false
	case g.Version != "":
		return (f.Since == "" || compareVersions(g.Version, f.Since) >= 0) && (f.Until == "" || compareVersions(g.Version, f.Until) < 0)
	case g.Since != "" && f.Until != "":
		return compareVersions(g.Since, f.Until) < 0
	}
	return true
}

// always reports whether every version that g may be knows the form.
func (f Form) always(g Guess) bool {
	since := f.Since == "" || g.Version != "" || g.Since != "" && compareVersions(g.Since, f.Since) >= 0
	return f.fits(g) && since && (f.Until == "" || g.Version != "") && (f.Build == "" || g.Build != "")
}

// label tells which versions and builds a form is for; empty if for all.
func (f Form) label(title string) string {
	var parts []string
	switch {
	case f.Since != "" && f.Until != "":
		parts = append(parts, title+" from "+f.Since+" to before "+f.Until)
	case f.Since != "":
		parts = append(parts, title+" "+f.Since+" and newer")
	case f.Until != "":
		parts = append(parts, title+" before "+f.Until)
	}
	if f.Build != "" {
		parts = append(parts, "built with "+f.Build)
	}
	return strings.Join(parts, ", ")
}

// forms returns the forms to show: one that every version g may be knows, if there is one, else all that might fit.
func (s Setting) forms(g Guess) []Form {
	var out []Form
	for _, f := range s.Forms {
		if f.always(g) {
			return []Form{f}
		}
		if f.fits(g) {
			out = append(out, f)
		}
	}
	return out
}
