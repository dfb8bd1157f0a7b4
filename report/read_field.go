package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// frame is an object or array that is being read.
type frame struct {
	array bool
	index int    // of the member of an array that comes next
	name  string // of the member of an object that is being read
	named bool   // its name was read, and its value comes next
}

// fieldAt names the value that begins at an offset of a text in JSON, as in "endpoints[0].facts.suites"; for the name of a
// member, it is the object that this is in. It is empty if that is the whole text, or nothing begins there.
func fieldAt(text []byte, offset int) string {
	field := ""
	walk(text, func(at int, path []frame) bool {
		if at < offset {
			return true
		}
		field = fieldOf(path)
		return false
	})
	return field
}

// lineOfField is the number of the line that the value of a field begins in, or that of what the field is missing in.
func lineOfField(text []byte, field string) int {
	line := 0
	for field != "" && line == 0 {
		walk(text, func(at int, path []frame) bool {
			if fieldOf(path) != field {
				return true
			}
			line = lineAt(text, at)
			return false
		})
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return max(line, 1)
}

// walk calls each before every token of a text in JSON with its offset and where it is, until that says to stop.
func walk(text []byte, each func(at int, path []frame) bool) {
	var path []frame
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		at := int(d.InputOffset())
		for at < len(text) && strings.IndexByte(" \t\r\n,:", text[at]) >= 0 {
			at++
		}
		if !each(at, path) {
			return
		}
		token, err := d.Token()
		if err != nil {
			return
		}
		path = step(path, token)
	}
}

// step is where one is after a token.
func step(path []frame, token json.Token) []frame {
	if token == json.Delim('}') || token == json.Delim(']') {
		path = path[:len(path)-1]
	} else if token == json.Delim('{') || token == json.Delim('[') {
		return append(path, frame{array: token == json.Delim('[')})
	}
	if len(path) == 0 {
		return path
	}
	switch top := &path[len(path)-1]; {
	case top.array:
		top.index++
	case top.named:
		top.named = false
	default:
		top.name, top.named = fmt.Sprint(token), true
	}
	return path
}

func fieldOf(path []frame) string {
	var b strings.Builder
	for i, f := range path {
		switch {
		case f.array:
			fmt.Fprintf(&b, "[%d]", f.index)
		case !f.named: // the name of the next member is what comes next
		case i > 0:
			b.WriteString("." + f.name)
		default:
			b.WriteString(f.name)
		}
	}
	return b.String()
}
