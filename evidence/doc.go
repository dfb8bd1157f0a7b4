// Package evidence is what a scan saw, as plain data: the observations (one per connection), the facts derived from them,
// and the versioned JSON format that both are stored in.
//
// It holds no judgement and does no I/O. Evidence can be stored, judged again under another policy without a packet,
// compared with last week's, and shared by every domain that uses the same server.
//
// # Facts never say more than was seen
//
// A [Fact] is NotSought, Known, Partial, Unknown or Inapplicable. Facts that are sets answer per member, with [Has] and
// [Any]: Yes, No or Unsure. A Yes once seen stays true whatever times out later, and a network error never becomes a No.
package evidence
