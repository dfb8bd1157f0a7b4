// Package dane reads TLSA records and holds them against the certificates that a server shows, as a mail server does that sends
// to it (RFC 6698, 7671 and 7672). It looks nothing up: whether records are signed is for others to say.
package dane
