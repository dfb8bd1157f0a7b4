package report

// lineWidth is how many bytes of JSON a line may have before the object or array in it is spread over several.
const lineWidth = 160

// fold lays out JSON without white space for people, and sparingly, since evidence is large: an object or array that fits
// in a line stays in it. Its longest string does not count, since that makes a long line wherever it stands.
func fold(text []byte) []byte {
	f := folder{out: make([]byte, 0, len(text)*3/2), spans: spans(text), flat: -1}
	for i := 0; i < len(text); {
		n := 1
		if text[i] == '"' {
			n = stringLength(text[i:])
		}
		f.token(i, text[i:i+n])
		i += n
	}
	return append(f.out, '\n')
}

// folder is a text being laid out.
type folder struct {
	out   []byte
	spans map[int]span // of each object and array, by where it begins
	line  int          // where the last line of out begins
	depth int
	flat  int // end of the object or array that stays in its line; -1 outside
}

// token appends the token at position i.
func (f *folder) token(i int, token []byte) {
	switch token[0] {
	case '{', '[':
		f.open(i, token)
	case '}', ']':
		if i > f.flat {
			f.depth--
			f.newLine()
		}
		f.out = append(f.out, token...)
	case ',':
		f.out = append(f.out, ',')
		if i > f.flat {
			f.newLine()
		} else {
			f.out = append(f.out, ' ')
		}
	default:
		f.out = append(f.out, token...)
	}
}

func (f *folder) open(i int, token []byte) {
	s := f.spans[i]
	f.out = append(f.out, token...)
	if i <= f.flat {
		return
	}
	if s.end == i+1 || len(f.out)-f.line+s.end-i-s.longest <= lineWidth {
		f.flat = s.end
		return
	}
	f.depth++
	f.newLine()
}

func (f *folder) newLine() {
	f.out = append(f.out, '\n')
	f.line = len(f.out)
	for range f.depth {
		f.out = append(f.out, ' ')
	}
}

// span is an object or array in a text.
type span struct {
	end     int // where its last byte is
	longest int // bytes of its longest string
}

func spans(text []byte) map[int]span {
	out := make(map[int]span)
	var open, longest []int // of those that have not ended
	for i := 0; i < len(text); i++ {
		last := len(open) - 1
		switch text[i] {
		case '"':
			n := stringLength(text[i:])
			if last >= 0 {
				longest[last] = max(longest[last], n)
			}
			i += n - 1
		case '{', '[':
			open, longest = append(open, i), append(longest, 0)
		case '}', ']':
			out[open[last]] = span{i, longest[last]}
			if last > 0 {
				longest[last-1] = max(longest[last-1], longest[last])
			}
			open, longest = open[:last], longest[:last]
		}
	}
	return out
}

// stringLength returns how long the string is that text begins with, quotes included.
func stringLength(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}
