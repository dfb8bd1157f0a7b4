package report

// lineWidth is how many bytes of JSON a line may have before the object or array in it is spread over several.
const lineWidth = 160

// fold lays out JSON without white space for people, and sparingly, since evidence is large: an object or array that fits
// in a line stays in it.
func fold(text []byte) []byte {
	f := folder{out: make([]byte, 0, len(text)*3/2), ends: ends(text), flat: -1}
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
	ends  map[int]int // where each object and array ends
	line  int         // where the last line of out begins
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
	case ':':
		f.out = append(f.out, ": "...)
	default:
		f.out = append(f.out, token...)
	}
}

func (f *folder) open(i int, token []byte) {
	end := f.ends[i]
	f.out = append(f.out, token...)
	if i <= f.flat {
		return
	}
	if end == i+1 || len(f.out)-f.line+end-i <= lineWidth {
		f.flat = end
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

// ends returns where each object and array of text ends, by where it begins.
func ends(text []byte) map[int]int {
	out := make(map[int]int)
	var open []int
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLength(text[i:]) - 1
		case '{', '[':
			open = append(open, i)
		case '}', ']':
			out[open[len(open)-1]] = i
			open = open[:len(open)-1]
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
