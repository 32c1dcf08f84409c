package store

import "sync"

// life counts who is using Badger, because Badger takes its memory maps away at Close, from under a reader too.
type life struct {
	mu     sync.Mutex
	gone   *sync.Cond
	users  int
	closed bool
}

// enter announces a use of Badger, which must end with leave. It fails once the store is closed.
func (s *Store) enter() error {
	s.life.mu.Lock()
	defer s.life.mu.Unlock()
	if s.life.closed {
		return errClosed
	}
	s.life.users++
	return nil
}

func (s *Store) leave() {
	s.life.mu.Lock()
	defer s.life.mu.Unlock()
	if s.life.users--; s.life.users == 0 && s.life.gone != nil {
		s.life.gone.Broadcast()
	}
}

// end lets nobody in any more and waits for those who are.
func (s *Store) end() {
	s.life.mu.Lock()
	defer s.life.mu.Unlock()
	s.life.closed = true
	s.life.gone = sync.NewCond(&s.life.mu)
	for s.life.users > 0 {
		s.life.gone.Wait()
	}
}
