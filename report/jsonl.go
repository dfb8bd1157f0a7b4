package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// WriteJSONL writes a line for each domain, with its endpoints, and then one for each endpoint that is no domain's, for tools that
// read line by line. Each is a whole report about that domain or endpoint alone, which follows [Schema], and [ReadJSON] reads it.
func WriteJSONL(w io.Writer, r *Report) error {
	for _, one := range jsonLines(r) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		err := e.Encode(one)
		if err == nil {
			_, err = w.Write(EscapeJSON(b.Bytes()))
		}
		if err != nil {
			return fmt.Errorf("writing the report as JSON lines: %w", err)
		}
	}
	return nil
}

// jsonLines are the parts of r that stand in a line each.
func jsonLines(r *Report) []*Report {
	var out []*Report
	for i, d := range r.Domains {
		one := *r
		one.Domains, one.Endpoints = r.Domains[i:i+1], append([]Endpoint{}, r.endpointsOf(d.Domain)...)
		out = append(out, &one)
	}
	for i, e := range r.Endpoints {
		if slices.ContainsFunc(r.Domains, func(d Domain) bool { return serves(d.Domain, e.Target) }) {
			continue
		}
		one := *r
		one.Domains, one.Endpoints = []Domain{}, r.Endpoints[i:i+1]
		out = append(out, &one)
	}
	return out
}
