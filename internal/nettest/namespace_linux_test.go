package nettest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/mailtls/mailtls/internal/realtest"
)

// inside says in the environment that this process has a network of its own, or why it has none.
const inside = "MAILTLS_NETTEST_INSIDE"

// TestMain runs the tests in a process with network, mounts and processes of its own, none of which outlive it.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		goleak.VerifyTestMain(m)
		return
	}
	runtime.LockOSThread() // its end would be the child's
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"=yes")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	err := cmd.Run()
	if err == nil {
		os.Exit(0)
	}
	if _, ended := errors.AsType[*exec.ExitError](err); ended {
		os.Exit(1)
	}
	if err := os.Setenv(inside, fmt.Sprintf("a network namespace of its own is not allowed here (%v): be root", err)); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// network sets up the network of this process: loopback with addresses, reached from client, and a resolver at 127.0.0.1.
func network(t *testing.T, client string, addresses []string) {
	t.Helper()
	if why := os.Getenv(inside); why != "yes" {
		if os.Getenv("MAILTLS_CI_NOSKIP") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	realtest.Need(t, "ip", "nsd", "unbound", "postfix", "dovecot", "posttls-finger", "mta-sts-daemon", "mta-sts-query")
	mount(t, "", "/", "", syscall.MS_REC|syscall.MS_PRIVATE)
	mount(t, "proc", "/proc", "proc", 0) // of the processes here
	file := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(file, []byte("nameserver 127.0.0.1\noptions trust-ad edns0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	mount(t, file, "/etc/resolv.conf", "", syscall.MS_BIND)
	t.Cleanup(func() { _ = syscall.Unmount("/etc/resolv.conf", syscall.MNT_DETACH) })
	lines := []string{"link set lo up", "addr replace " + client + " dev lo"}
	for _, a := range addresses {
		if strings.Contains(a, ":") {
			lines = append(lines, "addr replace "+a+" dev lo nodad")
			continue
		}
		// Otherwise an address would be asked from itself, and Dovecot takes that for safe.
		lines = append(lines, "addr replace "+a+" dev lo", "route replace local "+a+" dev lo table local src "+client)
	}
	program, err := realtest.Lookup("ip")
	if err != nil {
		t.Fatal(err)
	}
	ip := exec.CommandContext(t.Context(), program, "-batch", "-")
	ip.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	if said, err := ip.CombinedOutput(); err != nil {
		t.Fatalf("ip: %v: %s", err, said)
	}
}

func mount(t *testing.T, source, target, kind string, flags uintptr) {
	t.Helper()
	if err := syscall.Mount(source, target, kind, flags, ""); err != nil {
		t.Fatalf("mounting %s: %v", target, err)
	}
}
