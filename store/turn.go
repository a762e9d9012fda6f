package store

// InTurn runs do while nobody else is in InTurn: for who lost a race for a record that many change,
// such as a budget, so that one after the other gets through.
func (s *Store) InTurn(do func() error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	return do()
}
