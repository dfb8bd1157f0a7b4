// Package journal keeps on disk what a scan of many domains has found out, so that memory does not grow with it, and no end of the
// program loses it: a SQLite database with the domains, the endpoints that they lead to, each once, and the evidence about both.
//
// A method that writes returns when what it wrote is in the file: what several goroutines write at the same time goes into one
// transaction. So whatever a program has been told to be written is there after kill -9; after a power cut the last of it may be missing,
// and the rest is whole.
package journal
