package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// MaxSize is how many bytes [Load] reads at most. The longest policy built in has 20 kB.
const MaxSize = 1 << 20

// reader reads the members of a policy one by one, so that it can tell where a mistake is.
type reader struct {
	text  []byte
	d     *json.Decoder
	shape *Shape         // of a policy
	lines map[string]int // where the rows begin, by their names in mistakes: "checks[3]"
}

// read fills p from text, and returns the lines in which the rows begin, by their names in mistakes: "checks[3]".
func read(text []byte, p *Policy) (map[string]int, error) {
	if err := wellFormed(text); err != nil {
		return nil, err
	}
	r := reader{text, json.NewDecoder(bytes.NewReader(text)), ShapeOf(reflect.TypeFor[Policy]()), make(map[string]int)}
	if err := r.open('{'); err != nil {
		return nil, err
	}
	return r.lines, r.members(p)
}

// members reads the members of a policy, each of which may be there once.
func (r *reader) members(p *Policy) error {
	seen := make(map[string]bool)
	for r.d.More() {
		line := r.lineAt(r.next())
		token, err := r.d.Token()
		if err != nil {
			return fmt.Errorf("line %d: %w", line, err)
		}
		name, _ := token.(string)
		if seen[name] {
			return fmt.Errorf("line %d: %s: twice", line, name)
		}
		seen[name] = true
		if err := r.member(p, name); err != nil {
			return err
		}
	}
	return nil
}

// wellFormed wants text to be JSON.
func wellFormed(text []byte) error {
	var raw json.RawMessage
	var syntax *json.SyntaxError
	err := json.Unmarshal(text, &raw)
	line := func(end int) int { return 1 + bytes.Count(text[:end], []byte("\n")) }
	switch {
	case err == nil:
		return nil
	case bytes.HasPrefix(text, []byte("\xEF\xBB\xBF")), bytes.HasPrefix(text, []byte("\xFF\xFE")), bytes.HasPrefix(text, []byte("\xFE\xFF")):
		return errors.New("line 1: it begins with a byte order mark: save it as UTF-8 without one")
	case !errors.As(err, &syntax), syntax.Offset >= int64(len(text)) && strings.Contains(err.Error(), "unexpected end"):
		return fmt.Errorf("line %d: it ends too early", line(len(bytes.TrimSpace(text))))
	}
	return fmt.Errorf("line %d: %w", line(int(syntax.Offset)), err)
}

// member reads the value of one member.
func (r *reader) member(p *Policy, name string) error {
	switch name {
	case "name":
		return r.value(name, &p.Name)
	case "title":
		return r.value(name, &p.Title)
	case "version":
		return r.value(name, &p.Version)
	case "source":
		return r.value(name, &p.Source)
	case "expiring_days":
		return r.value(name, &p.ExpiringDays)
	case "omits":
		return rows(r, name, &p.Omits)
	case "versions":
		return rows(r, name, &p.Versions)
	case "suites":
		return rows(r, name, &p.Suites)
	case "keys":
		return rows(r, name, &p.Keys)
	case "checks":
		return rows(r, name, &p.Checks)
	case "lifetimes":
		return rows(r, name, &p.Lifetimes)
	case "suite_lists":
		return rows(r, name, &p.SuiteLists)
	case "group_lists":
		return rows(r, name, &p.GroupLists)
	case "signature_lists":
		return rows(r, name, &p.SignatureLists)
	case "extension_lists":
		return rows(r, name, &p.ExtensionLists)
	case "dh_lists":
		return rows(r, name, &p.DHLists)
	case "cert_key_lists":
		return rows(r, name, &p.CertKeyLists)
	case "cert_signed_lists":
		return rows(r, name, &p.CertSignedLists)
	}
	text := fmt.Sprintf("unknown field %q, unless a newer mailtls knows it", name)
	return fmt.Errorf("line %d: %w", r.lineAt(r.d.InputOffset()), &UnknownName{name, r.shape.names, text})
}

// value reads the next value of a policy into to.
func (r *reader) value(name string, to any) error { return r.strictly(name, nil, to) }

// strictly reads the next value, which has that shape, into to.
func (r *reader) strictly(name string, shape *Shape, to any) error {
	start := r.next()
	var raw json.RawMessage
	if err := r.d.Decode(&raw); err != nil {
		return r.wrong(name, start, err)
	}
	if at, err := Exact(raw, shape); err != nil {
		return fmt.Errorf("line %d: %s: %w", r.lineAt(start+at), name, err)
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return r.wrong(name, start, err)
	}
	return nil
}

// rows reads a list of rows, each of which is named by its number in what is told of a mistake.
func rows[R any](r *reader, name string, to *[]R) error {
	if err := r.open('['); err != nil {
		return fmt.Errorf("%w: %s is a list", err, name)
	}
	shape := ShapeOf(reflect.TypeFor[R]())
	for r.d.More() {
		var row R
		id := fmt.Sprintf("%s[%d]", name, len(*to))
		r.lines[id] = r.lineAt(r.next())
		if err := r.strictly(id, shape, &row); err != nil {
			return err
		}
		*to = append(*to, row)
	}
	if _, err := r.d.Token(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// open reads the beginning of an object or array.
func (r *reader) open(want json.Delim) error {
	line := r.lineAt(r.next())
	if token, err := r.d.Token(); err != nil || token != want {
		return fmt.Errorf("line %d: want %q", line, want.String())
	}
	return nil
}

// wrong tells what is wrong with the value that begins at start: the line and the field, as far as they are known.
func (r *reader) wrong(name string, start int64, err error) error {
	var kind *json.UnmarshalTypeError
	text, line := strings.TrimPrefix(err.Error(), "json: "), r.lineAt(start)
	if errors.As(err, &kind) {
		text, line = Misplaced(kind), r.lineAt(start+kind.Offset)
		if kind.Field != "" {
			text = strings.ReplaceAll(kind.Field, "Rule.", "") + ": " + text
		}
	} else {
		line = r.below(line, text)
	}
	if unknown := unknownIn(err); unknown != nil {
		return fmt.Errorf("line %d: %s: %w", line, name, unknown)
	}
	return fmt.Errorf("line %d: %s: %s", line, name, text)
}

// below is the line, from the given one on, in which the word stands that text quotes first.
func (r *reader) below(line int, text string) int {
	_, rest, _ := strings.Cut(text, `"`)
	word, _, ok := strings.Cut(rest, `"`)
	lines := bytes.Split(r.text, []byte("\n"))
	if !ok || line > len(lines) {
		return line
	}
	for i, l := range lines[line-1:] {
		if bytes.Contains(l, []byte(`"`+word+`"`)) {
			return line + i
		}
	}
	return line
}

// next is where the next token begins.
func (r *reader) next() int64 {
	i := r.d.InputOffset()
	for i < int64(len(r.text)) && strings.IndexByte(" \t\r\n,:", r.text[i]) >= 0 {
		i++
	}
	return i
}

func (r *reader) lineAt(offset int64) int {
	return 1 + bytes.Count(r.text[:min(max(offset, 0), int64(len(r.text)))], []byte("\n"))
}
