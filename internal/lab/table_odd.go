package lab

import "github.com/mailtls/mailtls/tlswire"

// only12 limits a server to TLS 1.2 with these suites.
func (s *Server) only12(names ...string) { s.only(tlswire.TLS12, named(names...)) }

func oddServers() []Server  { return nil }
func mailServers() []Server { return nil }

// Hostile ...
func Hostile() []Server { return nil }
