package report

import (
	"slices"
	"testing"

	"github.com/mailtls/mailtls/client"
)

// TestCutLines has a line for each change that cuts somebody off, one for all harmless ones, and one for all together if that says more.
func TestCutLines(t *testing.T) {
	profiles := []client.Profile{{Name: "Old"}, {Name: "Older"}}
	off := func(names ...int) []client.Cuts {
		var c client.Cuts
		for _, n := range names {
			c.Off = append(c.Off, client.Cut{Profile: &profiles[n]})
		}
		return []client.Cuts{c}
	}
	open := []client.Cuts{{Open: []client.Cut{{Profile: &profiles[0]}}}}
	for name, c := range map[string]struct {
		each []cutting
		all  []client.Cuts
		want []labelled
	}{
		"nobody":           {[]cutting{{"rc4", off()}}, off(), []labelled{{"without rc4", "nobody"}}},
		"nobody by any":    {[]cutting{{"rc4", off()}, {"des", off()}}, off(), []labelled{{"without others", "nobody: rc4, des"}}},
		"one":              {[]cutting{{"rc4", off(0)}, {"des", off()}}, off(0), []labelled{{"without rc4", "1 of 2 programs: Old"}, {"without des", "nobody"}}},
		"more by all":      {[]cutting{{"rc4", off(0)}, {"des", off()}}, off(0, 1), []labelled{{"without rc4", "1 of 2 programs: Old"}, {"without des", "nobody"}, {"without all", "2 of 2 programs: Old, Older"}}},
		"only by all":      {[]cutting{{"rc4", off()}, {"des", off()}}, off(1), []labelled{{"without others", "nobody: rc4, des"}, {"without all", "1 of 2 programs: Older"}}},
		"not known of one": {[]cutting{{"rc4", open}}, open, []labelled{{"without rc4", "0 of 2 programs; not known of 1"}}},
	} {
		got := cuttings{[]audience{{kind: "program", profiles: profiles}}, c.each, cutting{"", c.all}}.lines(3)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
