package spell

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"smtp", "submission", "imap", "imaps", "json", "text"}
	for word, want := range map[string]string{
		"stmp":        "smtp",
		"imsp":        "imap",
		"imapss":      "imaps",
		"submision":   "submission",
		"jsno":        "json",
		"http":        "",
		"xml":         "",
		"":            "",
		"sbumissions": "submission",
	} {
		if got, ok := Nearest(word, known); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", word, got, ok, want)
		}
	}
}

func FuzzNearest(f *testing.F) {
	f.Add("stmp", "smtp")
	f.Fuzz(func(t *testing.T, word, known string) {
		if distance(word, known) != distance(known, word) {
			t.Error("not the same both ways")
		}
		if word != "" && len(word) <= 64 {
			if got, ok := Nearest(word, []string{word}); !ok || got != word {
				t.Errorf("%q is not nearest to itself", word)
			}
		}
	})
}
