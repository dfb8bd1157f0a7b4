package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// WriteJSONL writes a line for each endpoint, for tools that read line by line. Each is a whole report about that endpoint
// alone, which follows [Schema], and [ReadJSON] reads it.
func WriteJSONL(w io.Writer, r *Report) error {
	for i := range r.Endpoints {
		one := *r
		one.Endpoints = r.Endpoints[i : i+1]
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(&one)
		if err == nil {
			_, err = w.Write(EscapeJSON(b.Bytes()))
		}
		if err != nil {
			return fmt.Errorf("writing the report as JSON lines: %w", err)
		}
	}
	return nil
}
