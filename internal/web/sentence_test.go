package web

import "testing"

// TestSentence leaves names as they are, and what it cannot make large.
func TestSentence(t *testing.T) {
	for text, want := range map[string]string{
		"": "", ".": "", "the DNS gives no answer": "The DNS gives no answer.", "one scan, twice.": "One scan, twice.", "nothing": "Nothing.", "list: empty": "List: empty.",
		"optout.example is left alone: it wants no scans": "optout.example is left alone: it wants no scans.", "mx.example.org: no reply": "mx.example.org: no reply.",
		"_mailtls.example.org has none": "_mailtls.example.org has none.", "imaps://mail is no domain": "imaps://mail is no domain.", "a@b is no domain": "a@b is no domain.",
		"2001:db8::1 is left alone": "2001:db8::1 is left alone.", "fe80::1 is left alone": "fe80::1 is left alone.", "[fe80::1]:25 is left alone": "[fe80::1]:25 is left alone.", "über alles": "über alles.",
	} {
		if got := sentence(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
