package main

import (
	"encoding/json"

	"github.com/mailtls/mailtls/policy"
	"github.com/mailtls/mailtls/tlswire"
)

// ciphersJSON is what a string enables in JSON; docs/ciphers.md describes the fields.
type ciphersJSON struct {
	String   string            `json:"string"`
	Library  string            `json:"library"`
	Level    *int              `json:"security_level,omitempty"`
	LevelSet bool              `json:"security_level_set"`
	Versions []tlswire.Version `json:"versions,omitempty"`
	Policy   string            `json:"policy"`
	Suites   []cipherJSON      `json:"suites"`
	Warnings []wordJSON        `json:"warnings"`
	Advice   string            `json:"advice,omitempty"`
	Trimmed  string            `json:"trimmed,omitempty"`
}

type cipherJSON struct {
	Code    string          `json:"code"`
	Name    string          `json:"name"`    // IANA's
	Library string          `json:"library"` // the library's
	Usable  bool            `json:"usable"`
	Barred  string          `json:"barred,omitempty"`
	Relay   policy.Severity `json:"relay"`
	Access  policy.Severity `json:"access"`
	Checks  []string        `json:"checks"`
}

type wordJSON struct {
	Word string `json:"word"`
	Text string `json:"text"`
}

func (a *app) ciphersJSON(j *judgedCiphers) error {
	out := ciphersJSON{
		String: j.text, Library: j.result.Library, LevelSet: j.result.LevelSet, Versions: j.result.Versions,
		Policy: j.mail.Name + " " + j.mail.Version, Suites: []cipherJSON{}, Warnings: []wordJSON{}, Advice: j.advice, Trimmed: j.trim,
	}
	if j.result.Level >= 0 {
		out.Level = &j.result.Level
	}
	for _, e := range j.result.Suites {
		info, _ := e.ID.Info()
		out.Suites = append(out.Suites, cipherJSON{
			Code: code(e.ID), Name: info.Name, Library: e.Name, Usable: e.Barred == "", Barred: e.Barred,
			Relay: opinion(j.mail, info, policy.Relay), Access: opinion(j.mail, info, policy.Access), Checks: j.reports(info),
		})
	}
	for _, w := range j.result.Warnings {
		out.Warnings = append(out.Warnings, wordJSON(w))
	}
	e := json.NewEncoder(a.stdout)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
