package legacy

import (
	"crypto/md5"
	"crypto/sha1"
	"errors"

	"github.com/mailtls/mailtls/tlswire"
)

// masterLen is the length in bytes of every master secret (RFC 5246, Section 8.1).
const masterLen = 48

// schedule derives the secrets of one handshake.
type schedule struct {
	version tlswire.Version
	suite   suite
	client  [32]byte // the randoms of both hellos
	server  [32]byte
	master  []byte
}

// prf is the pseudorandom function of TLS 1.0 to 1.2 (RFC 5246, Section 5; RFC 2246, Section 5).
func (s *schedule) prf(secret []byte, label string, seed []byte, n int) []byte {
	seed = append([]byte(label), seed...)
	if s.version >= tlswire.TLS12 {
		return pHash(s.suite.newPRF, secret, seed, n)
	}
	return prfTLS10(secret, seed, n)
}

// masterSecret derives the master secret from the premaster secret and the
// randoms (RFC 5246, Section 8.1; RFC 6101, Section 6.1).
func (s *schedule) masterSecret(premaster []byte) []byte {
	if s.version == tlswire.SSLv3 {
		return deriveSSL3(premaster, s.randoms(false), masterLen)
	}
	return s.prf(premaster, "master secret", s.randoms(false), masterLen)
}

// extendedMasterSecret derives it from the transcript up to ClientKeyExchange
// (RFC 7627, Section 4), which SSLv3 has no way to.
func (s *schedule) extendedMasterSecret(premaster, transcript []byte) ([]byte, error) {
	if s.version == tlswire.SSLv3 {
		return nil, nonsense(errors.New("an extended master secret in SSLv3"))
	}
	return s.prf(premaster, "extended master secret", s.handshakeHash(transcript), masterLen), nil
}

// handshakeHash is what TLS has of the handshake messages in Finished (RFC 5246, Section 7.4.9; RFC 2246, Section 7.4.9).
func (s *schedule) handshakeHash(transcript []byte) []byte {
	if s.version >= tlswire.TLS12 {
		return digest(s.suite.newPRF, transcript)
	}
	return append(digest(md5.New, transcript), digest(sha1.New, transcript)...)
}

// randoms are both randoms, the client's first or the server's.
func (s *schedule) randoms(serverFirst bool) []byte {
	if serverFirst {
		return append(s.server[:len(s.server):len(s.server)], s.client[:]...)
	}
	return append(s.client[:len(s.client):len(s.client)], s.server[:]...)
}

// finished is the verify_data of one side: 12 bytes, in SSLv3 36 (RFC 5246,
// Section 7.4.9; RFC 6101, Section 5.6.9).
func (s *schedule) finished(transcript []byte, server bool) []byte {
	label, sender := "client finished", "CLNT"
	if server {
		label, sender = "server finished", "SRVR"
	}
	if s.version == tlswire.SSLv3 {
		m := keyedSSL3(md5.New, s.master, false, transcript, []byte(sender))
		return append(m, keyedSSL3(sha1.New, s.master, false, transcript, []byte(sender))...)
	}
	return s.prf(s.master, label, s.handshakeHash(transcript), 12)
}

// keyBlock stretches the master secret to n bytes (RFC 5246, Section 6.3; RFC 6101, Section 6.2.2).
func (s *schedule) keyBlock(n int) []byte {
	if s.version == tlswire.SSLv3 {
		return deriveSSL3(s.master, s.randoms(true), n)
	}
	return s.prf(s.master, "key expansion", s.randoms(true), n)
}

// directionKeys are the keys with which one side writes.
type directionKeys struct{ mac, key, iv []byte }

// keys cuts the key block into the keys of client and server (RFC 5246, Section 6.3).
func (s *schedule) keys() (client, server directionKeys) {
	rest := s.keyBlock(2 * (s.suite.macLen() + s.suite.material + s.suite.ivLen))
	next := func(n int) []byte {
		piece := rest[:n:n]
		rest = rest[n:]
		return piece
	}
	client.mac, server.mac = next(s.suite.macLen()), next(s.suite.macLen())
	client.key, server.key = next(s.suite.material), next(s.suite.material)
	client.iv, server.iv = next(s.suite.ivLen), next(s.suite.ivLen)
	if s.suite.Export {
		s.export(&client, &server)
	}
	return client, server
}

// export stretches the short keys of export suites, and makes their IVs of what
// everybody can see (RFC 2246, Section 6.3.1; RFC 6101, Section 6.2.2.1).
func (s *schedule) export(client, server *directionKeys) {
	if s.version == tlswire.SSLv3 {
		client.key = digest(md5.New, client.key, s.randoms(false))[:s.suite.keyLen]
		server.key = digest(md5.New, server.key, s.randoms(true))[:s.suite.keyLen]
		client.iv = digest(md5.New, s.randoms(false))[:s.suite.ivLen]
		server.iv = digest(md5.New, s.randoms(true))[:s.suite.ivLen]
		return
	}
	client.key = s.prf(client.key, "client write key", s.randoms(false), s.suite.keyLen)
	server.key = s.prf(server.key, "server write key", s.randoms(false), s.suite.keyLen)
	ivs := s.prf(nil, "IV block", s.randoms(false), 2*s.suite.ivLen)
	client.iv, server.iv = ivs[:s.suite.ivLen], ivs[s.suite.ivLen:]
}

// cipherStates makes the protection of both directions.
func (s *schedule) cipherStates(encryptThenMAC bool) (client, server *cipherState, err error) {
	c, v := s.keys()
	if client, err = newCipherState(s.version, s.suite, c, encryptThenMAC); err != nil {
		return nil, nil, err
	}
	server, err = newCipherState(s.version, s.suite, v, encryptThenMAC)
	return client, server, err
}
