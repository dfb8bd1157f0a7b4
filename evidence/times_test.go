package evidence

import (
	"slices"
	"testing"
)

func TestLineTimesText(t *testing.T) {
	for _, c := range []struct {
		times LineTimes
		text  string
	}{
		{nil, ""},
		{LineTimes{19}, "19"},
		{LineTimes{19, 19}, "19*2"},
		{LineTimes{0, 20, 20, 20, 0}, "0 20*3 0"},
	} {
		text, err := c.times.MarshalText()
		if string(text) != c.text || err != nil {
			t.Errorf("%v: %q, %v", c.times, text, err)
		}
		var back LineTimes
		if err := back.UnmarshalText([]byte(c.text)); err != nil || !slices.Equal(back, c.times) {
			t.Errorf("%q: %v, %v", c.text, back, err)
		}
	}
	for _, text := range []string{"x", "1*", "*2", "1*0", "1*-1", "1*2*3", "1*65537", "1*65536 1", "9223372036854775808"} {
		if err := new(LineTimes).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func FuzzLineTimes(f *testing.F) {
	for _, text := range []string{"", "19", "19 20*12", "0*65536", "-1  7*1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var l, back LineTimes
		if l.UnmarshalText([]byte(text)) != nil {
			return
		}
		written, _ := l.MarshalText()
		if err := back.UnmarshalText(written); err != nil || !slices.Equal(l, back) {
			t.Fatalf("%q was read as %v, written as %q and read as %v, %v", text, l, written, back, err)
		}
	})
}
