package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
)

// valuesOf are the values of a setting, one for each time that the flag would be given.
func valuesOf(f *pflag.Flag, value any) ([]string, error) {
	switch v := value.(type) {
	case []any:
		if !repeats(f.Value) {
			return nil, fmt.Errorf("want one value, not a list")
		}
		out := make([]string, len(v))
		for i, one := range v {
			out[i] = fmt.Sprint(one)
		}
		return out, nil
	case map[string]any:
		return nil, fmt.Errorf("want a value, not a table")
	case string:
		if repeats(f.Value) { // no such value has a comma in it
			return strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }), nil
		}
	}
	return []string{fmt.Sprint(value)}, nil
}

// repeats reports whether a flag may be given more than once.
func repeats(v pflag.Value) bool {
	switch v.(type) {
	case *hostNames, *prefixes, *portNumbers, *resolverFlag:
		return true
	}
	return false
}

// lineOf says in which line of a file a setting is.
func lineOf(text []byte, key string) string {
	last := key[strings.LastIndexByte(key, '.')+1:]
	at := regexp.MustCompile(`(?m)^[ \t]*"?` + regexp.QuoteMeta(last) + `"?[ \t]*[.=]`).FindIndex(text)
	if at == nil {
		return ""
	}
	return fmt.Sprintf("line %d: ", strings.Count(string(text[:at[0]]), "\n")+1)
}
