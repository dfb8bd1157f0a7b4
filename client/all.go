package client

import (
	"bytes"
	_ "embed" // for the profiles
	"fmt"
	"strings"
)

//go:embed data/clients.csv
var data []byte

// All returns the profiles that the package brings. The slice is the caller's.
func All() ([]Profile, error) {
	profiles, err := Read(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the profiles that are built in: %w", err)
	}
	return profiles, nil
}

// Matching returns the profiles whose id or name has the words of filter in it, whatever their case; an id given whole
// finds that one alone.
func Matching(profiles []Profile, filter string) []Profile {
	words := strings.Fields(strings.ToLower(filter))
	var out []Profile
	for _, p := range profiles {
		if p.ID == filter {
			return []Profile{p}
		}
		if p.has(words) {
			out = append(out, p)
		}
	}
	return out
}

func (p *Profile) has(words []string) bool {
	text := strings.ToLower(p.ID + " " + p.Name + " " + string(p.Kind))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}
