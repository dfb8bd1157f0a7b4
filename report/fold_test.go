package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	digits := strings.Repeat("1", lineWidth-2)
	text := strings.Repeat("x", 2*lineWidth)
	for _, c := range []struct{ name, in, want string }{
		{"scalar", `1`, `1`},
		{"empty", `{}`, `{}`},
		{"in a line", `{"a":[1,{"b":[]}],"c":"d"}`, `{"a":[1, {"b":[]}], "c":"d"}`},
		{"as long as a line", `[` + digits + `]`, `[` + digits + `]`},
		{"longer", `[1` + digits + `]`, "[\n 1" + digits + "\n]"},
		{"spread as needed", `{"a":[1,2],"b":` + digits + `}`, "{\n \"a\":[1, 2],\n \"b\":" + digits + "\n}"},
		{"long string", `{"a":[1,"` + text + `"]}`, `{"a":[1, "` + text + `"]}`},
		{"two long strings", `["` + text + `",["` + text + `"]]`, "[\n \"" + text + "\",\n [\"" + text + "\"]\n]"},
		{"nothing in a string counts", `["{[\"}]\\",` + digits + `]`, "[\n \"{[\\\"}]\\\\\",\n " + digits + "\n]"},
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
