// Package store keeps what the web service knows: scans, how far they are, and their reports. It is a SQLite file, whose versions
// are steps of package goose in migrations; the queue of jobs has its tables beside them.
package store
