//go:build !linux

package realtest

import (
	"net"
	"os/exec"
)

// isolate, killGroup: process groups are a Linux matter here; elsewhere the servers that fork are not installed.
func isolate(*exec.Cmd)   {}
func killGroup(*exec.Cmd) {}

// notListening tells which services cannot be connected to yet.
func notListening(services map[string]string) []string {
	var missing []string
	for name, addr := range services {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			missing = append(missing, name+" "+addr)
			continue
		}
		_ = conn.Close()
	}
	return missing
}
