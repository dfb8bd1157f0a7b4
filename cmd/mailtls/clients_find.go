package main

import (
	"fmt"
	"strings"

	"github.com/mailtls/mailtls/client"
	"github.com/mailtls/mailtls/internal/spell"
)

func noClient(filter string, profiles []client.Profile) error {
	var ids []string
	for _, p := range profiles {
		ids = append(ids, p.ID)
	}
	if near := meant(filter, ids); near != "" && !strings.Contains(filter, " ") {
		return fmt.Errorf("no program is called %q: did you mean %s?", filter, near)
	}
	if near := nearWords(filter, profiles); near != filter && len(client.Matching(profiles, near)) > 0 {
		return fmt.Errorf("no program has %q in its name: did you mean %s?", filter, near)
	}
	return fmt.Errorf("no program has %q in its name: mailtls clients lists all there are", filter)
}

// nearWords is filter with each word that no name has replaced by the nearest that one has.
func nearWords(filter string, profiles []client.Profile) string {
	var known []string
	for _, p := range profiles {
		known = append(known, strings.FieldsFunc(strings.ToLower(p.ID+" "+p.Name), func(r rune) bool { return strings.ContainsRune(" -/()", r) })...)
	}
	words := strings.Fields(strings.ToLower(filter))
	for i, w := range words {
		if len(client.Matching(profiles, w)) == 0 {
			if near, ok := spell.Nearest(w, known); ok {
				words[i] = near
			}
		}
	}
	return strings.Join(words, " ")
}
