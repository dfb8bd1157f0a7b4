package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

const packageFolder = "../.."

func TestTablesAreGeneratedFromTheCSV(t *testing.T) {
	for _, f := range files {
		t.Run(f.target, func(t *testing.T) {
			want, err := f.generate(packageFolder)
			if err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(packageFolder, f.target))
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s is not what data/%s says: run go generate ./tlswire", f.target, f.source)
			}
		})
	}
}

func TestBadRowsAreErrors(t *testing.T) {
	good := "code,name,kind,openssl_name,openssl_alias,gnutls_name,bits,strength,hybrid,client_share,server_share,min,max,deprecated,recommended\n"
	tests := []struct{ name, line string }{
		{"flag", "0x1,a,prime,,,,1,1,maybe,0,0,TLS 1.0,TLS 1.2,N,N\n"},
		{"number", "0x1,a,prime,,,,one,1,N,0,0,TLS 1.0,TLS 1.2,N,N\n"},
		{"version", "0x1,a,prime,,,,1,1,N,0,0,TLS 1.4,TLS 1.2,N,N\n"},
		{"code", "x,a,prime,,,,1,1,N,0,0,TLS 1.0,TLS 1.2,N,N\n"},
		{"short row", "0x1,a\n"},
		{"no rows", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.Mkdir(filepath.Join(folder, "data"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "data", "groups.csv"), []byte(good+test.line), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := (file{"groups.csv", "group_table.go", groupTables}).generate(folder); err == nil {
				t.Error("generated a table from a bad row")
			}
		})
	}
}
