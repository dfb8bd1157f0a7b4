package legacy

import "github.com/mailtls/mailtls/tlswire"

// emit puts a message, as the hook leaves it, into the transcript and on its way.
func (h *serverHandshake) emit(t tlswire.HandshakeType, body interface{ Marshal() ([]byte, error) }) error {
	raw, err := body.Marshal()
	if err != nil {
		return local(err)
	}
	return h.emitMessage(tlswire.Handshake{Type: t, Body: raw})
}

func (h *serverHandshake) emitMessage(m tlswire.Handshake) error {
	messages := []tlswire.Handshake{m}
	if h.cfg.Faults.Hooks.Message != nil {
		messages = h.cfg.Faults.Hooks.Message(m)
	}
	for _, m := range messages {
		if err := h.hash(m); err != nil {
			return local(err)
		}
		var err error
		if h.stream, err = m.Append(h.stream); err != nil {
			return local(err)
		}
		if h.cfg.OneMessagePerRecord {
			if err := h.cut(); err != nil {
				return err
			}
		}
	}
	return nil
}

// cut turns the messages so far into records under the keys of the moment.
func (h *serverHandshake) cut() (err error) {
	if len(h.stream) == 0 {
		return nil
	}
	h.queue, err = h.seal(h.queue, tlswire.ContentHandshake, h.stream, h.cfg.RecordSize)
	h.stream = nil
	return err
}

// send writes what is on its way.
func (h *serverHandshake) send() error {
	if err := h.cut(); err != nil {
		return err
	}
	queue := h.queue
	h.queue = nil
	_, err := h.Conn.Write(queue)
	return err
}
