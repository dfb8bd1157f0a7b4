package lab

// attackServers returns servers that one of the known attacks works on, and some that look like it and withstand.
func attackServers() []Server {
	return []Server{
		with("heartbleed", "answers heartbeats from its memory, as OpenSSL up to 1.0.1f", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatLeaks
			s.want("fail", "heartbleed")
		}),
		with("heartbeat-lax", "takes the padding of heartbeats for payload, and nothing beyond", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatLax
			s.want("pass", "heartbleed")
		}),
		with("heartbeat-echo", "sends heartbeat requests back as they came", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatEchoes
			s.want("pass", "heartbleed")
		}),
		with("heartbeat-alert", "breaks off at a heartbeat", func(s *Server) {
			s.Extensions.Heartbeat, s.Quirks.Heartbeat = true, HeartbeatAlerts
			s.want("pass", "heartbleed")
		}),
	}
}
