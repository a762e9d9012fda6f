package web

// Routes are the routes of the pages, for tests that go through all of them.
func (s *Server) Routes() []string {
	var out []string
	for pattern := range s.table() {
		out = append(out, pattern)
	}
	return out
}
