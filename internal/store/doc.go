// Package store keeps what the web service knows: scans, how far they are, and their reports; monitors, and what they told. It is a SQLite
// file, or a database of PostgreSQL that several programs share. Its versions are steps of package goose in migrations, one folder for each
// of the two, with the same numbers; the queue of jobs has its tables beside them.
package store
