package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	long := strings.Repeat("x", lineWidth-4)
	for _, c := range []struct{ name, in, want string }{
		{"scalar", `1`, `1`},
		{"empty", `{}`, `{}`},
		{"in a line", `{"a":[1,{"b":[]}],"c":"d"}`, `{"a": [1, {"b": []}], "c": "d"}`},
		{"as long as a line", `["` + long + `"]`, `["` + long + `"]`},
		{"longer", `["` + long + `x"]`, "[\n \"" + long + "x\"\n]"},
		{"spread as needed", `{"a":[1,2],"b":"` + long + `"}`, "{\n \"a\": [1, 2],\n \"b\": \"" + long + "\"\n}"},
		{"nothing in a string counts", `["{[\"}]\\","` + long + `"]`, "[\n \"{[\\\"}]\\\\\",\n \"" + long + "\"\n]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(fold([]byte(c.in))); got != c.want+"\n" {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// FuzzFold wants nothing but white space added.
func FuzzFold(f *testing.F) {
	for _, text := range []string{`{"a":[1,{"b":null}]}`, `"\\\"{"`, `[[[[]]],{"":{}}]`, `["` + strings.Repeat("x", lineWidth) + `",{"a":1}]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var want, got bytes.Buffer
		if json.Compact(&want, text) != nil {
			return
		}
		if err := json.Compact(&got, fold(want.Bytes())); err != nil || !bytes.Equal(want.Bytes(), got.Bytes()) {
			t.Errorf("%q became %q, %v", want.Bytes(), got.Bytes(), err)
		}
	})
}
