// Package debiankey makes the RSA keys that OpenSSL made on Debian from September 2006 to May 2008 (0.9.8c-1 to 0.9.8g-8;
// CVE-2008-0166, DSA-1571), and tells whether a key is one of them.
//
// A patch had taken nearly all that is random out of the generator, so that a key followed from the number of the process,
// the kind of the machine, the state of one file and the size: some 33000 keys for each of the other three. A [Origin] is
// such a choice, and makes the key again.
//
// [Candidates] looks a modulus up in a table of the first 24 bits of hashes, data/1024.txt and data/2048.txt, which program
// gen writes. That leaves one healthy key in some ninety with a candidate, so nobody may say anything before [Origin.Makes]
// has made the very key, and compared it.
package debiankey
