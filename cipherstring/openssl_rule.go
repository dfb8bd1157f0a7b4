package cipherstring

import (
	"fmt"
	"strings"
)

// evaluation is one cipher list at work.
type evaluation struct {
	version OpenSSLVersion
	table   *opensslTable
	order   order
	result  *Result
}

// separators stand between the rules of a list.
const separators = ": ;,"

// list carries out a whole list.
func (e *evaluation) list(text string) error {
	text = suiteB(text)
	if rest, ok := strings.CutPrefix(text, "DEFAULT"); ok { // only as the first word, and even without a separator
		if err := e.rules(e.version.defaultList()); err != nil {
			return err
		}
		text = strings.TrimPrefix(rest, ":")
	}
	return e.rules(text)
}

func (e *evaluation) rules(text string) error {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
		if err := e.rule(word); err != nil {
			return err
		}
	}
	return nil
}

// rule carries out one rule: a sign, and names joined by "+", all of which a suite must fit.
func (e *evaluation) rule(word string) error {
	what, names := add, word
	if strings.IndexByte("-!+@", word[0]) >= 0 {
		what, names = sign(word[0]), word[1:]
	}
	if what == '@' {
		name := e.name(names)
		if name == "" {
			return e.malformed(word, names)
		}
		return e.command(word, name)
	}
	var all wanted
	for {
		name := e.name(names)
		if name == "" {
			return e.malformed(word, names)
		}
		one, known := e.table.find(name)
		if !known {
			e.unknown(word, name, what)
			return nil // the rest of the rule is not read
		}
		var possible bool
		if all, possible = all.and(one); !possible {
			e.result.warn(word, "is ignored: no suite can be all of that")
			return nil
		}
		rest, more := strings.CutPrefix(names[len(name):], "+")
		if !more {
			e.order = e.order.apply(what, all.matches)
			return e.behind(word, rest)
		}
		names = rest
	}
}

// behind carries out what follows a name without a separator: OpenSSL takes it as the next rule.
func (e *evaluation) behind(word, rest string) error {
	if rest == "" {
		return nil
	}
	e.result.warn(word, fmt.Sprintf("is read as two rules, the second %q", rest))
	return e.rule(rest)
}

// name returns the name that text begins with.
func (e *evaluation) name(text string) string {
	return text[:len(text)-len(strings.TrimLeft(text, e.letters()))]
}

// letters returns the characters of names.
func (e *evaluation) letters() string {
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."
	if e.version == OpenSSL102 {
		return all
	}
	return all + "="
}

func (e *evaluation) malformed(word, at string) error {
	if at == "" {
		return fmt.Errorf("%q: a name is missing at the end, and OpenSSL refuses the whole list", word)
	}
	return fmt.Errorf("%q: no name can begin with %q, and OpenSSL refuses the whole list", word, []rune(at)[0])
}

// command carries out a rule that begins with "@".
func (e *evaluation) command(word, name string) error {
	level, isLevel := strings.CutPrefix(name, "SECLEVEL=")
	switch {
	case name == "STRENGTH":
		e.order = e.order.byStrength()
		return nil
	case name == "SECLEVEL" && e.version == OpenSSL102: // "=" is no letter there
		return fmt.Errorf("%q: OpenSSL 1.0.2 has no security levels, and refuses the whole list", word)
	case isLevel && len(level) == 1 && '0' <= level[0] && level[0] <= '5':
		e.result.Level, e.result.LevelSet = int(level[0]-'0'), true
		return nil
	case isLevel:
		return fmt.Errorf("%q: want a level from 0 to 5; OpenSSL refuses the whole list", word)
	}
	return fmt.Errorf("%q: want @STRENGTH or @SECLEVEL=n; OpenSSL refuses the whole list", word)
}
