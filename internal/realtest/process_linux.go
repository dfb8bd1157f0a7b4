package realtest

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// isolate makes the server the head of a process group, so that its children end with it, and has the kernel end it if
// this process dies without a chance to. Postfix's master insists on a session too.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// killGroup ends what the head of a group left behind.
func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// notListening tells which services do not listen yet. It asks the kernel: a connection made to find out would count
// against the limits of a server that has some.
func notListening(services map[string]string) []string {
	ports := listeningPorts()
	var missing []string
	for name, addr := range services {
		_, port, err := net.SplitHostPort(addr)
		if err != nil || !ports[port] {
			missing = append(missing, name+" "+addr)
		}
	}
	return missing
}

// listeningPorts reads proc(5)'s /proc/net/tcp: column 2 is the local address, column 4 the state, 0A for LISTEN.
func listeningPorts() map[string]bool {
	ports := make(map[string]bool)
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		f, err := os.Open(name)
		if err != nil {
			continue // no IPv6 here
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) < 4 || fields[3] != "0A" {
				continue
			}
			var port int
			if _, err := fmt.Sscanf(fields[1][strings.LastIndexByte(fields[1], ':')+1:], "%X", &port); err == nil {
				ports[fmt.Sprint(port)] = true
			}
		}
		_ = f.Close()
	}
	return ports
}
