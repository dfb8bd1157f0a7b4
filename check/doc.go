// Package check judges evidence: each [Check] looks at the facts it declares and says, by a policy, whether they are fine.
//
// Checks are values in one explicit, ordered table, [All]. They are pure: no network, no clock (whether a certificate has
// expired is judged at the evidence's own time), and no opinion of their own (how bad something is, the policy says).
//
// # Missing evidence is never a pass
//
// [Check.Run] calls a check only on facts that were seen, wholly or in part. What was seen to be wrong stays wrong
// however the scan ended; but unless the open part cannot change the answer, nothing else counts as decided.
package check
