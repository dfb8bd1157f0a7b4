package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/mailtls/mailtls/evidence"
	"github.com/mailtls/mailtls/policy"
)

// MaxJSON is how many bytes [ReadJSON] reads at most. The whole evidence of a server is some 100 kB.
const MaxJSON = 64 << 20

// ReadJSON reads what WriteJSON wrote. What is malformed, longer than [MaxJSON] or of a newer format is an error, which
// names the line where it can; nothing is read in part.
func ReadJSON(rd io.Reader) (*Report, error) {
	text, err := io.ReadAll(io.LimitReader(rd, MaxJSON+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading a report: %w", err)
	case len(text) > MaxJSON:
		return nil, fmt.Errorf("reading a report: it is larger than %d MB", MaxJSON>>20)
	case marked(text):
		return nil, errors.New("reading a report: line 1: it begins with a byte order mark: save it as UTF-8 without one")
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("reading a report: it is empty")
	}
	if err := formatOf(text, evidence.Schema, "it has no schema, so it is none that mailtls scan --format json wrote"); err != nil {
		return nil, fmt.Errorf("reading a report: %w", err)
	}
	return decode(text)
}

// marked reports whether a text begins with a byte order mark, of UTF-8 or UTF-16.
func marked(text []byte) bool {
	return slices.ContainsFunc([]string{"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"}, func(m string) bool { return bytes.HasPrefix(text, []byte(m)) })
}

// formatOf wants text to be of the format schema; none is what to say if it has no format at all.
func formatOf(text []byte, schema, none string) error {
	if begins(text, schema) {
		return nil
	}
	var head struct {
		Schema *string `json:"schema"`
	}
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(text, &head); err != nil && !errors.As(err, &kind) {
		return located(text, err)
	}
	family, ours := cutNumber(schema)
	switch {
	case head.Schema == nil:
		return errors.New(none)
	case *head.Schema == schema:
		return nil
	}
	if theirs, n := cutNumber(*head.Schema); theirs == family && n > ours {
		return fmt.Errorf("it is of a newer format, %q, and this program knows none beyond %q: update it", *head.Schema, schema)
	}
	return fmt.Errorf("its schema is %q, not %q", *head.Schema, schema)
}

// begins reports whether the first field of a text is the schema that is wanted, as we write it: then the rest need not be read for it.
func begins(text []byte, schema string) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	for _, want := range []json.Token{json.Delim('{'), "schema", schema} {
		if got, err := d.Token(); err != nil || got != want {
			return false
		}
	}
	return true
}

// cutNumber splits a schema into its name and its number.
func cutNumber(schema string) (name string, number int) {
	i := strings.LastIndexByte(schema, '-') + 1
	n, err := strconv.Atoi(schema[i:])
	if err != nil {
		return schema, 0
	}
	return schema[:i], n
}

func decode(text []byte) (*Report, error) {
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("reading a report: %w", located(text, err))
	}
	for i := range r.Endpoints {
		if r.Endpoints[i].Endpoint == nil { // nothing of the evidence was there
			r.Endpoints[i].Endpoint = new(evidence.Endpoint)
		}
		if p := r.Endpoints[i].Target.Protocol; p != "" && !slices.Contains(protocols(), p) {
			return nil, fmt.Errorf("reading a report: endpoints[%d].target.protocol: %q: want one of %s", i, p, strings.Join(protocols(), ", "))
		}
	}
	for i := range r.Domains {
		if field, err := readDomain(&r.Domains[i]); err != nil {
			field = fmt.Sprintf("domains[%d].%s", i, field)
			return nil, fmt.Errorf("reading a report: line %d: %s: %w", lineOfField(text, field), field, err)
		}
	}
	return r, nil
}

// protocols are those of mail, as targets name them.
func protocols() []string {
	return []string{"smtp", "submission", "submissions", "lmtp", "imap", "imaps", "pop3", "pop3s", "sieve"}
}

// located adds to an error of package json the line of text that it is about, and the field, where they are known.
func located(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(text)) && strings.Contains(err.Error(), "unexpected end"):
		return fmt.Errorf("line %d: it ends too early: %w", lineAt(text, len(text)), err)
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %w", lineAt(text, int(syntax.Offset)), err)
	case errors.As(err, &kind):
		field := strings.NewReplacer(".Endpoint.", ".", ".Domain.", ".").Replace(kind.Field) // which are in our types alone
		return fmt.Errorf("line %d: %s: %s", lineAt(text, int(kind.Offset)), field, policy.Misplaced(kind))
	}
	if i, ok := quotedIn(text, err.Error()); ok {
		if field := fieldAt(text, i); field != "" {
			return fmt.Errorf("line %d: %s: %w", lineAt(text, i), field, err)
		}
		return fmt.Errorf("line %d: %w", lineAt(text, i), err)
	}
	return err
}

// quotedIn finds the first word that message quotes, if text has that string once.
func quotedIn(text []byte, message string) (int, bool) {
	_, rest, _ := strings.Cut(message, `"`)
	word, _, ok := strings.Cut(rest, `"`)
	quoted := []byte(`"` + word + `"`)
	return bytes.Index(text, quoted), ok && bytes.Count(text, quoted) == 1
}

// lineAt is the number of the line that the byte at offset is in.
func lineAt(text []byte, offset int) int {
	return 1 + bytes.Count(text[:min(max(offset, 0), len(text))], []byte("\n"))
}
