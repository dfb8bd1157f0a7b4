// Package probe makes the connections of a scan and derives the facts from them. It is the only package that dials mail
// servers.
//
// # How a scan runs
//
// A scan is a loop: plan looks at every reply so far and names the next offer; the session sends it and records the
// observation. Nothing else is kept: what is still open is derived anew each time, so an answer that came as a side
// effect of another question is never asked for again.
//
//	plan(replies, in flight) → Offer → session → Observation → reply → plan …
//	derive(observations) → evidence.Facts                    (pure; the same code reads stored evidence)
//
// # Chains and guesses
//
// A list (of cipher suites, groups, signature schemes) is read by elimination: offer all that is undecided, and leave out
// what the server picks, until it refuses. That is a chain of connections that wait for each other. It is broken by
// guessing the pick of a connection that is still under way and asking the next question on top of the guess: a right
// guess is the same evidence as the chain would have given; after a wrong one the answer still counts for what it says.
//
// # Riders
//
// While a chain is worked off, its connections carry further questions whose likely answer does not disturb them: fewer
// groups, other signature schemes, a padded hello, no server name. If such an offer is refused, nothing is concluded and
// each question is asked alone.
package probe
