package tlswire

import "testing"

func TestNewSessionTicket(t *testing.T) {
	testVectors(t, ParseNewSessionTicket, []vector[NewSessionTicket]{
		{name: "two hours", hex: "00001c20 0002 abcd", want: NewSessionTicket{7200, []byte{0xAB, 0xCD}}},
		{name: "no ticket after all", hex: "00000000 0000", want: NewSessionTicket{0, []byte{}}},
	})
	testUnmarshalable(t, map[string]message{"long": NewSessionTicket{Ticket: make([]byte, 1<<16)}})
}

func TestNewSessionTicketTLS13(t *testing.T) {
	testVectors(t, ParseNewSessionTicketTLS13, []vector[NewSessionTicketTLS13]{
		{name: "early data", hex: "00001c20 01020304 01 05 0002 abcd 0008 002a 0004 00004000", want: NewSessionTicketTLS13{
			Lifetime: 7200, AgeAdd: 0x01020304, Nonce: []byte{5}, Ticket: []byte{0xAB, 0xCD},
			Extensions: []Extension{EarlyDataLimit(0x4000)},
		}},
		{name: "no extensions", hex: "00000001 00000000 00 0001 ff 0000", want: NewSessionTicketTLS13{
			Lifetime: 1, Nonce: []byte{}, Ticket: []byte{0xFF}, Extensions: []Extension{},
		}},
	})
	testUnmarshalable(t, map[string]message{"long nonce": NewSessionTicketTLS13{Nonce: make([]byte, 256)}})
}
