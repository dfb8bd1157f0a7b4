// Package account has the rules of accounts: which names and passwords they have, how those are kept, what sessions and tokens are made of, and
// how a domain shows that an account may watch it.
package account
