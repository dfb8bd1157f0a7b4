package report

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestReadJSONTellsWhatIsWrong(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, build(t, healthy(t))); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	change := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the report has no %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty":          {" \n", "it is empty"},
		"not JSON":       {"mx1.example.org  PASS\n", "line 1: invalid character"},
		"cut":            {good[:len(good)/2], "it ends too early"},
		"a comma less":   {change("\n \"domains\"", "\n @\"domains\""), "line 5: invalid character '@'"},
		"more after it":  {good + "{}", "after top-level value"},
		"another schema": {change("evidence-1", "else-1"), `its schema is "https://mailtls.org/schema/else-1"`},
		"a newer one":    {change("evidence-1", "evidence-2"), "of a newer format"},
		"no schema":      {"{}", "it has no schema"},
		"another kind":   {change(`"port":25`, `"port":"x"`), "line 14: endpoints.target.port: a string stands where none belongs"},
		"unknown state":  {change(`"state":"inapplicable"`, `"state":"perhaps"`), `.state: fact state "perhaps"`},
		"a mark":         {"\xEF\xBB\xBF" + good, "line 1: it begins with a byte order mark"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := ReadJSON(strings.NewReader(c.text))
			if r != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if _, err := ReadJSON(strings.NewReader(good)); err != nil {
		t.Error(err)
	}
}

func TestReadJSONNamesTheLineOfAWord(t *testing.T) {
	_, err := ReadJSON(strings.NewReader("{\n\"schema\":\"https://mailtls.org/schema/evidence-1\",\n\"endpoints\":[{\n\"verdict\":\"fine\"}]}"))
	if err == nil || !strings.Contains(err.Error(), `line 4: endpoints[0].verdict: verdict "fine"`) {
		t.Error(err)
	}
}

// spaces is white space without end.
type spaces struct{}

func (spaces) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func TestReadJSONHasALimit(t *testing.T) {
	_, err := ReadJSON(io.MultiReader(strings.NewReader("{"), spaces{}))
	if err == nil || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Error(err)
	}
}

func TestFieldAt(t *testing.T) {
	text := `{"a": {"b": [1, {"c": []}, {"d": [[true], "here"]}], "e": null}, "f": "x"}`
	for word, want := range map[string]string{`"here"`: "a.b[2].d[1]", "true": "a.b[2].d[0][0]", "null": "a.e", `"x"`: "f", "1,": "a.b[0]", "[1": "a.b", `{"a`: "", `"d"`: "a.b[2]", `"f"`: ""} {
		if got := fieldAt([]byte(text), strings.Index(text, word)); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
	for cut := range text {
		fieldAt([]byte(text[:cut]), len(text))
	}
}

// TestReadJSONKnowsProtocols wants no judgement on what no mail server speaks.
func TestReadJSONKnowsProtocols(t *testing.T) {
	_, err := ReadJSON(strings.NewReader(`{"schema":"https://mailtls.org/schema/evidence-1","endpoints":[{"target":{"protocol":"stmp"}}]}`))
	if err == nil || !strings.Contains(err.Error(), `endpoints[0].target.protocol: "stmp": want one of smtp, `) {
		t.Error(err)
	}
}
