package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/mailtls/mailtls/evidence"
)

// Question is what connections were made for, and how many.
type Question struct {
	Name        string `json:"name"`
	Connections int    `json:"connections"`
}

// questions groups the IDs of observations by what is before the number.
func questions(ids []string) []Question {
	count := map[string]int{}
	for _, id := range ids {
		name := id
		if i := strings.LastIndexByte(id, '/'); i >= 0 {
			name = id[:i]
		}
		count[name]++
	}
	return sorted(count)
}

// repeated names the observations whose very offer was made again later, and how often.
func repeated(list []evidence.Observation) []Question {
	count, first := map[string]int{}, map[string]string{}
	for _, o := range list {
		offer, err := json.Marshal(o.Offer)
		if err != nil {
			continue // an offer that cannot be written equals no other
		}
		if id, again := first[string(offer)]; again {
			count[id]++
			continue
		}
		first[string(offer)] = o.ID
	}
	return sorted(count)
}

// sorted puts the most connections first.
func sorted(count map[string]int) []Question {
	list := []Question{}
	for name, n := range count {
		list = append(list, Question{name, n})
	}
	slices.SortFunc(list, func(a, b Question) int {
		if a.Connections != b.Connections {
			return b.Connections - a.Connections
		}
		return strings.Compare(a.Name, b.Name)
	})
	return list
}
