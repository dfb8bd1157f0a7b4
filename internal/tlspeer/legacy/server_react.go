package legacy

import (
	"errors"
	"fmt"
	"io"

	"github.com/mailtls/mailtls/tlswire"
)

// errAccept and errIgnore are how react says that the connection goes on.
var (
	errAccept = errors.New("accepted")
	errIgnore = errors.New("ignored")
)

// react does what r says, or right if r says nothing. It returns errAccept, errIgnore, or how the connection ended.
func (s *ServerSession) react(r, right Reaction, why error) error {
	if r.Do == DoRight {
		r = right
	}
	switch r.Do {
	case DoAccept:
		return errAccept
	case DoIgnore:
		return errIgnore
	case DoWarn:
		if err := s.alert(tlswire.AlertLevelWarning, r.Alert); err != nil {
			return err
		}
		return errIgnore
	case DoReset:
		return ErrReset
	case DoSilence:
		return s.silence()
	case DoClose:
		return fmt.Errorf("%w: %w", errOver, why)
	}
	return s.fatal(r.Alert, why)
}

// silence swallows what the client sends until it gives up.
func (s *ServerSession) silence() error {
	if _, err := io.Copy(io.Discard, s.reader); err != nil {
		return err
	}
	return errOver
}

// fatal sends a fatal alert, and returns why.
func (s *ServerSession) fatal(d tlswire.AlertDescription, why error) error {
	if err := s.alert(tlswire.AlertLevelFatal, d); err != nil {
		return err
	}
	return why
}

// alert sends an alert under the keys of the moment.
func (s *ServerSession) alert(level tlswire.AlertLevel, d tlswire.AlertDescription) error {
	return s.write(tlswire.ContentAlert, []byte{byte(level), byte(d)}, 0)
}
