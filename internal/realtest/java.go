package realtest

import (
	"context"
	_ "embed" // for the server's source
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

//go:embed TlsServer.java
var javaSource []byte

// javaSecurity lifts every restriction of the JDK's java.security: the configuration alone decides.
const javaSecurity = "jdk.tls.disabledAlgorithms=\njdk.tls.legacyAlgorithms=\njdk.certpath.disabledAlgorithms=\n"

// Java is a little SMTP server on Java's JSSE.
type Java struct {
	// Keys are the kinds of its certificates.
	Keys []Key
	// Versions are Java's names of protocol versions, "TLSv1.2".
	Versions []string
	// Suites are Java's names of cipher suites (the IANA names, but for some that begin with SSL_), best first.
	Suites []string
	// ServerOrder makes the order of Suites decide, rather than the client's.
	ServerOrder bool
	// Silent makes it say nothing.
	Silent bool
}

// Start runs it; see Starter. The one service is tls.
func (j Java) Start(ctx context.Context) (*Server, error) {
	if _, err := Lookup("openssl"); err != nil {
		return nil, err
	}
	classes, err := compileJava()
	if err != nil {
		return nil, err
	}
	return startStack(ctx, "java", nil, j.Keys, func(dir, port string, pairs []pair) ([]string, error) {
		var stores []string
		for _, p := range pairs {
			store, err := bundle(ctx, dir, p)
			if err != nil {
				return nil, err
			}
			stores = append(stores, store)
		}
		policy := filepath.Join(dir, "java.security")
		if err := writeFiles(dir, classes); err != nil {
			return nil, err
		}
		if err := writeFiles(dir, map[string][]byte{"java.security": []byte(javaSecurity)}); err != nil {
			return nil, err
		}
		return []string{"-Djava.security.properties=" + policy, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-cp", dir, "TlsServer", port,
			strings.Join(stores, ","), bundlePassword, strings.Join(j.Versions, ","), strings.Join(j.Suites, ","), strconv.FormatBool(j.ServerOrder), strconv.FormatBool(j.Silent)}, nil
	})
}

// compileJava gives the server's classes by the names of their files. All servers of a process share them: to compile takes
// longer than to start.
var compileJava = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := folder("javac")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := writeFiles(dir, map[string][]byte{"TlsServer.java": javaSource}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	if err := tool(ctx, "javac", "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-proc:none", "-d", dir, filepath.Join(dir, "TlsServer.java")); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.class"))
	classes := make(map[string][]byte)
	for _, file := range files {
		if classes[filepath.Base(file)], err = os.ReadFile(file); err != nil {
			break
		}
	}
	return classes, err
})

// writeFiles puts files into a folder.
func writeFiles(dir string, files map[string][]byte) error {
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return fmt.Errorf("preparing Java: %w", err)
		}
	}
	return nil
}
