package wireproxy

// Fault is what happens to a connection instead of being forwarded.
type Fault uint8

// The faults. Each comes into effect when the server would have seen the connection, and the client learns of it
// half a round trip later.
const (
	// None forwards the connection.
	None Fault = iota
	// Reset answers with a TCP reset.
	Reset
	// Hangup answers with the end of the stream, without a byte.
	Hangup
	// Silence accepts the connection and answers nothing until the client gives up.
	Silence
	// Busy answers with the SMTP reply 421 (RFC 5321, Section 3.8) and the end of the stream, as a server that limits
	// its clients does.
	Busy
)

// busyReply is worded as Exim words it.
const busyReply = "421 Too many concurrent SMTP connections; please try again later.\r\n"

// After lets n connections through; every later one has the fault.
func After(n int, f Fault) func(int) Fault {
	return func(i int) Fault {
		if i > n {
			return f
		}
		return None
	}
}

// Every gives the fault to the kth, 2kth, 3kth … connection. k must be positive.
func Every(k int, f Fault) func(int) Fault {
	return func(i int) Fault {
		if i%k == 0 {
			return f
		}
		return None
	}
}
