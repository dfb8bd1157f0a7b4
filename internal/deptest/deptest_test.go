package deptest

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A listed package is what "go list -json" tells of it.
type listed struct {
	ImportPath, Dir, Doc string
	Imports, GoFiles     []string
}

// list returns the packages of the project and all that they need.
func list(t *testing.T) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Dir,Doc,Imports,GoFiles", path("..."))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("listing packages: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("reading the list of packages: %v", err)
		}
		all = append(all, p)
	}
}

func TestProject(t *testing.T) {
	packages, g := list(t), graph{}
	for _, p := range packages {
		if len(p.GoFiles) > 0 { // else it has nothing but tests, which may import what they like
			g[p.ImportPath] = p.Imports
		}
	}
	t.Run("imports", func(t *testing.T) { report(t, g.misplaced(mayImport)) })
	t.Run("reach", func(t *testing.T) {
		for _, b := range bans {
			report(t, g.breaches(b))
		}
	})
	t.Run("calls", func(t *testing.T) {
		for _, p := range packages {
			if pkg, ok := name(p.ImportPath); ok {
				report(t, forbidden(pkg, parse(t, p), calls))
			}
		}
	})
	t.Run("documented", func(t *testing.T) {
		for _, p := range packages {
			if pkg, ok := name(p.ImportPath); ok && len(p.GoFiles) > 0 && p.Doc == "" {
				t.Errorf("package %s has no doc comment", pkg)
			}
		}
	})
}

// TestTables makes sure that no rule is about a package that is gone.
func TestTables(t *testing.T) {
	exists := map[string]bool{}
	for _, p := range list(t) {
		if pkg, ok := name(p.ImportPath); ok {
			exists[pkg] = true
		}
	}
	for pkg := range mayImport {
		if !exists[pkg] {
			t.Errorf("mayImport has a line for %s, which does not exist", pkg)
		}
	}
	for _, b := range bans {
		for _, pkg := range b.from {
			if !exists[pkg] {
				t.Errorf("a ban speaks of %s, which does not exist", pkg)
			}
		}
	}
}

func report(t *testing.T, wrong []string) {
	t.Helper()
	for _, w := range wrong {
		t.Error(w)
	}
}

func parse(t *testing.T, p listed) []*ast.File {
	t.Helper()
	var files []*ast.File
	for _, f := range p.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, f), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// forbidden tells which of the calls pkg makes that it must not.
func forbidden(pkg string, files []*ast.File, calls []call) []string {
	var wrong []string
	for _, c := range calls {
		if slices.Contains(c.in, pkg) != c.not {
			continue
		}
		for _, f := range files {
			for _, used := range uses(f, c) {
				wrong = append(wrong, pkg+" must not use "+c.path+"."+used+" ("+c.why+")")
			}
		}
	}
	return wrong
}

// uses returns the names of c that f uses.
func uses(f *ast.File, c call) []string {
	local := localName(f, c.path)
	var found []string
	ast.Inspect(f, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == local && slices.Contains(c.names, sel.Sel.Name) {
			found = append(found, sel.Sel.Name)
		}
		return true
	})
	return found
}

// localName is what f calls the package at path, "" if it does not import it.
func localName(f *ast.File, path string) string {
	for _, imp := range f.Imports {
		if p, _ := strconv.Unquote(imp.Path.Value); p == path {
			if imp.Name != nil {
				return imp.Name.Name
			}
			return path[strings.LastIndex(path, "/")+1:]
		}
	}
	return ""
}
