// Package client tells what real mail programs would get from a server, and who would be cut off if the server stopped
// accepting something, from evidence alone: it makes no connection.
//
// A [Profile] is what one program offers, as data: [All] are those that the package brings (data/README.md names the
// sources), [Read] reads others, and [FromHello] makes one of a captured ClientHello. [Simulate] plays its handshake with a
// server as the facts describe it. [Without] makes the evidence of the same server without some versions or suites, and
// [CutOff] compares the two.
//
// Simulation follows the facts' own honesty. What was not decided about the server may go either way: all ways are
// followed, and only what they agree in is told. So an open question that could decide between a handshake and none gives
// [Unknown], and one that could decide between two suites gives [Works] without a suite.
//
// A simulated handshake ends when both sides have the keys. Whether the client then trusts the certificate and its name is
// not part of it; the limits that a library sets to key sizes and hashes are.
package client
