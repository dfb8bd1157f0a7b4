package tlswire

import "testing"

func TestAlert(t *testing.T) {
	testVectors(t, ParseAlert, []vector[Alert]{
		{name: "handshake failure", hex: "0228", want: Alert{AlertLevelFatal, AlertHandshakeFailure}},
		{name: "close notify", hex: "0100", want: Alert{AlertLevelWarning, AlertCloseNotify}},
		{name: "unknown", hex: "03ff", want: Alert{3, 0xFF}},
	})
}

func TestAlertString(t *testing.T) {
	for a, want := range map[Alert]string{
		{AlertLevelFatal, AlertHandshakeFailure}: "fatal handshake_failure",
		{9, 0xEE}:                                "0x09 0xEE",
	} {
		if got := a.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
