package debiankey

import (
	"crypto/sha1"
	"encoding/binary"
)

const (
	stateSize = 1023      // bytes in the pool
	digest    = sha1.Size // bytes that one step puts in
	half      = digest / 2
)

// random is the generator of random bytes of OpenSSL 0.9.8 (crypto/rand/md_rand.c) as Debian had it from 0.9.8c-1 to 0.9.8g-8:
// without the two lines that put in what the caller gives. What is left is the number of the process, how much was put in,
// and in which portions.
type random struct {
	arch   Arch
	pid    uint32
	state  [stateSize + digest]byte // one step may begin behind the last byte
	length int                      // of the state, how much is in use
	index  int                      // in the state, where the next step is
	md     [digest]byte
	count  [2]uint64 // of calls of read, of steps of add
	polled bool
	mixed  bool
}

// add does what RAND_add did with n bytes, whatever they were.
func (r *random) add(n int) {
	at, count, local := r.index, r.count, r.md
	r.index += n
	if r.index >= stateSize {
		r.index %= stateSize
		r.length = stateSize
	}
	r.length = max(r.length, r.index)
	r.count[1] += uint64((n + digest - 1) / digest)

	var in [2*digest + 16]byte
	for ; n > 0; n -= digest {
		part := min(n, digest)
		text := append(in[:0], local[:]...)
		text = r.appendState(text, at, part, stateSize)
		local = sha1.Sum(r.appendCount(text, count))
		count[1]++
		at = r.mix(local[:part], at, stateSize)
	}
	for i := range r.md {
		r.md[i] ^= local[i]
	}
}

// addWord does what RAND_add did with one value of C's types long and time_t.
func (r *random) addWord() { r.add(r.arch.word()) }

// poll does what RAND_poll did: bytes of /dev/urandom, the number of the process, that of the user, the time.
func (r *random) poll() {
	if r.polled {
		return
	}
	r.polled = true
	r.add(32)
	r.addWord()
	r.addWord()
	r.addWord()
}

// read fills out as RAND_bytes and RAND_pseudo_bytes did.
func (r *random) read(out []byte) {
	r.poll()
	for n := stateSize; !r.mixed && n > 0; n -= digest {
		r.add(digest)
	}
	r.mixed = true

	at, length, count, local := r.index, r.length, r.count, r.md
	r.index += (len(out) + half - 1) / half * half
	if r.index > length {
		r.index %= length
	}
	r.count[0]++

	var in [4 + 2*digest + 16]byte
	text := r.order().AppendUint32(in[:0], r.pid) // in the first step alone
	for len(out) > 0 {
		text = append(text, local[:]...)
		text = r.appendCount(text, count)
		local = sha1.Sum(r.appendState(text, at, half, length))
		at = r.mix(local[:half], at, length)
		out = out[copy(out, local[half:]):]
		text = in[:0]
	}
	text = append(r.appendCount(in[:0], count), local[:]...)
	r.md = sha1.Sum(append(text, r.md[:]...))
}

// appendState appends n bytes of the state, a ring of the given length, from at on.
func (r *random) appendState(text []byte, at, n, length int) []byte {
	if over := at + n - length; over > 0 {
		return append(append(text, r.state[at:at+n-over]...), r.state[:over]...)
	}
	return append(text, r.state[at:at+n]...)
}

// mix changes the state, a ring of the given length, by b from at on, and returns where the next step is.
func (r *random) mix(b []byte, at, length int) int {
	for _, v := range b {
		r.state[at] ^= v
		if at++; at >= length {
			at = 0
		}
	}
	return at
}

// appendCount appends the counters as the machine had them in memory.
func (r *random) appendCount(text []byte, count [2]uint64) []byte {
	for _, c := range count {
		if r.arch.word() == 8 {
			text = r.order().AppendUint64(text, c)
		} else {
			text = r.order().AppendUint32(text, uint32(c))
		}
	}
	return text
}

func (r *random) order() binary.AppendByteOrder {
	if r.arch == BE32 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}
