package fix

// How says how far our tests tried the settings of a software.
type How string

// The ways, from nothing to all that can be done.
const (
	Untried How = ""
	Taken   How = "taken"   // the software's own check takes the whole configuration
	Scanned How = "scanned" // it runs with the whole configuration, and a scan finds nothing to warn of
	Cured   How = "cured"   // servers that had a finding were given its lines, and a scan no longer finds it
)

// Tried is what our tests did with a software. The zero value: nothing.
type Tried struct {
	How     How    `json:"how,omitempty"`
	With    string `json:"with,omitempty"`    // what was run, for people
	Version string `json:"version,omitempty"` // of the software
	Build   string `json:"build,omitempty"`   // its TLS library, where forms depend on it
}

// notTried is the label of all that our tests did not do.
const notTried = "not tried by us"

// has reports whether a form is among what was tried.
func (t Tried) has(f Form) bool {
	return t.How != Untried && f.fits(Guess{Version: t.Version, Build: t.Build})
}

// order puts forms that were tried first.
func (t Tried) order(f Form) int {
	if t.has(f) {
		return 0
	}
	return 1
}

// Label is what must be said beside lines for a server that has a finding; empty if they were tried on such a server.
func (t Tried) Label() string {
	switch t.How {
	case Cured:
		return ""
	case Scanned:
		return "tried by us on a new server only"
	case Taken:
		return "tried by us for its syntax only"
	}
	return notTried
}

// sentence tells of a whole configuration what was done with it.
func (t Tried) sentence() string {
	switch t.How {
	case Cured:
		return "Tried by us with " + t.With + ": whatever is named in brackets below was found on a server, gone after these " +
			"lines, and clients still got through (but for cert-revoked, implicit-tls-missing and auth-on-25). A server with all of it was scanned, too. Not tried: findings that this " +
			"version cannot have, and what settings without brackets do."
	case Scanned:
		return "Tried by us with " + t.With + ": it runs with this, and a scan finds nothing to warn of. What single lines cure was not tried."
	case Taken:
		return "Tried by us with " + t.With + ": its own check takes this. What it does then was not tried."
	}
	return "Not tried by us: these settings come from its documentation. Check them before you rely on them."
}
