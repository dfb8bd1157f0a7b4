package deptest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The rules are only worth something if they can be broken.

func TestMisplaced(t *testing.T) {
	may := map[string][]string{"check": {"evidence"}, "evidence": nil, "internal/probe": {"evidence"}}
	for _, tt := range []struct {
		name string
		g    graph
		want []string
	}{
		{"allowed", graph{path("check"): {"fmt", path("evidence")}}, nil},
		{"standard library", graph{"fmt": {"os", "errors"}}, nil},
		{"not allowed", graph{path("check"): {path("internal/probe")}}, []string{"check must not import internal/probe"}},
		{"the root package", graph{path("evidence"): {module}}, []string{"evidence must not import ."}},
		{"no rule", graph{path("util"): nil}, []string{"util has no rule: say in mayImport what it may import"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.g.misplaced(may)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBreaches(t *testing.T) {
	b := ban{from: []string{"check"}, reach: []string{"net", "net/http/", module + "/internal/"}, why: "reasons"}
	for _, tt := range []struct {
		name string
		g    graph
		want []string
	}{
		{"nothing banned", graph{path("check"): {"fmt", "net/netip"}, "fmt": {"os"}}, nil},
		{"itself", graph{path("check"): {"net"}},
			[]string{"check must not reach net (reasons): " + path("check") + " → net"}},
		{"through others", graph{path("check"): {"fmt", path("evidence")}, path("evidence"): {"crypto/x509"}, "crypto/x509": {"net"}},
			[]string{"check must not reach net (reasons): " + path("check") + " → " + path("evidence") + " → crypto/x509 → net"}},
		{"a folder", graph{path("check"): {path("internal/probe")}},
			[]string{"check must not reach " + path("internal/probe") + " (reasons): " + path("check") + " → " + path("internal/probe")}},
		{"in a circle", graph{path("check"): {path("evidence")}, path("evidence"): {path("check")}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.g.breaches(b)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestForbidden(t *testing.T) {
	only := []call{{path: "net", names: []string{"Dial"}, in: []string{"internal/probe"}, why: "reasons"}}
	never := []call{{path: "time", names: []string{"Now"}, in: []string{"check"}, not: true, why: "reasons"}}
	for _, tt := range []struct {
		name, pkg, code string
		calls           []call
		want            []string
	}{
		{"who may", "internal/probe", `import "net"; var _ = net.Dial`, only, nil},
		{"who may not", "report", `import "net"; var _ = net.Dial`, only, []string{"report must not use net.Dial (reasons)"}},
		{"by another name", "report", `import n "net"; var _ = n.Dial`, only, []string{"report must not use net.Dial (reasons)"}},
		{"something else", "report", `import "net"; var _ = net.ParseIP`, only, nil},
		{"a field of that name", "report", `var net struct{ Dial int }; var _ = net.Dial`, only, nil},
		{"the clock", "check", `import "time"; var _ = time.Now()`, never, []string{"check must not use time.Now (reasons)"}},
		{"the clock elsewhere", "internal/probe", `import "time"; var _ = time.Now()`, never, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x; "+tt.code, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, forbidden(tt.pkg, []*ast.File{f}, tt.calls)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
