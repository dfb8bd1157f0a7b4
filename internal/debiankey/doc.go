// Package debiankey makes the RSA keys that OpenSSL made on Debian from September 2006 to May 2008 (0.9.8c-1 to 0.9.8g-8;
// CVE-2008-0166, DSA-1571).
//
// A patch had taken nearly all that is random out of the generator, so that a key followed from the number of the process,
// the kind of the machine, the state of one file and the size: some 33000 keys for each of the other three. A [Origin] is
// such a choice, and makes the key again.
package debiankey
