package realtest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net/netip"
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
	listeners := allListeners()
	var missing []string
	for name, addr := range services {
		a, err := netip.ParseAddrPort(addr)
		if err != nil || !listeners[a] && !listeners[netip.AddrPortFrom(netip.IPv4Unspecified(), a.Port())] {
			missing = append(missing, name+" "+addr)
		}
	}
	return missing
}

// allListeners reads proc(5)'s /proc/net/tcp: column 2 is the local address, column 4 the state, 0A for LISTEN. Listeners
// come first, and the kernel makes the text while it is read: thousands of ended connections behind them cost nothing.
// Addresses of IPv6 count by the IPv4 address at their end, which is what a socket for both listens on.
func allListeners() map[netip.AddrPort]bool {
	listeners := make(map[netip.AddrPort]bool)
	for _, name := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		f, err := os.Open(name)
		if err != nil {
			continue // no IPv6 here
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) < 4 || fields[1] == "local_address" {
				continue
			}
			if fields[3] != "0A" {
				break
			}
			host, port, _ := strings.Cut(fields[1], ":")
			var ip, p uint32
			if _, err := fmt.Sscanf(host[max(len(host)-8, 0):]+" "+port, "%X %X", &ip, &p); err == nil {
				listeners[netip.AddrPortFrom(netip.AddrFrom4([4]byte(binary.NativeEndian.AppendUint32(nil, ip))), uint16(p))] = true //nolint:gosec // a port
			}
		}
		_ = f.Close()
	}
	return listeners
}
