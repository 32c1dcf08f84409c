package store

import (
	"fmt"
	"sync"
	"time"

	"siteward/appliance"
)

// guard decides whether the store takes writes.
type guard struct {
	mu        sync.Mutex
	full      bool // the disk is
	since     time.Time
	free      uint64
	looked    time.Time       // at the free space for a write; guarded by Store.write
	failure   error           // a sync that failed; ends with the process
	allocated map[string]bool // logs whose room is set aside; the keeper's own
}

// Mode says whether the store takes no writes for now, and why.
func (s *Store) Mode() (readOnly bool, why appliance.Message) {
	g := &s.guard
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case s.opt.ReadOnly:
		return true, appliance.Message{Key: "store.read_only.opened", English: "the store is open for reading only"}
	case g.failure != nil:
		return true, appliance.Message{
			Key: "store.read_only.sync", Args: map[string]any{"Error": g.failure.Error()},
			English: fmt.Sprintf("the disk refused to store data (%v); nothing more is written until Siteward is restarted. Check the disk", g.failure),
		}
	case g.full:
		return true, appliance.Message{
			Key: "store.read_only.full", Args: map[string]any{"Free": g.free, "Need": uint64(enoughFree), "Dir": s.dir},
			English: fmt.Sprintf("the disk is full: %d MiB are free in %s and %d MiB are needed; make room, writing goes on by itself then", g.free>>20, s.dir, enoughFree>>20),
		}
	}
	return false, appliance.Message{}
}

// modeError is what a refused write gets.
func (s *Store) modeError() error {
	_, why := s.Mode()
	return &appliance.Error{Code: appliance.CodeReadOnly, Message: why}
}

// lookAfter is for how long a look at the free space is good: what can be written meanwhile is far less than minFree, and the logs'
// room is set aside. Thousands of small changes in a row should not ask the system each time.
const lookAfter = 20 * time.Millisecond

// writable refuses writes that could not be stored. A disk that was full is looked at each time: whoever made room may write at once.
func (s *Store) writable() error {
	readOnly, _ := s.Mode()
	if since := time.Since(s.guard.looked); readOnly || since < 0 || since > lookAfter {
		s.lookAtDisk()
		s.guard.looked = time.Now()
		readOnly, _ = s.Mode()
	}
	if readOnly {
		return s.modeError()
	}
	return nil
}

// lookAtDisk changes the mode when the disk became full or has room again.
func (s *Store) lookAtDisk() {
	free, err := s.opt.free(s.dir)
	if err != nil {
		s.log.Warn("free space of the disk is unknown", "error", err)
		return
	}
	g := &s.guard
	g.mu.Lock()
	was := g.full
	g.free = free
	g.full = free < minFree || was && free < enoughFree
	now := s.opt.Now()
	since := g.since
	if g.full != was {
		g.since = now
	}
	full := g.full
	g.mu.Unlock()
	switch {
	case full && !was:
		s.log.Error("the disk is full; the store takes no writes", "free_bytes", free, "needed_bytes", enoughFree)
	case was && !full:
		s.log.Info("the disk has room again; the store takes writes", "free_bytes", free, "read_only_for", now.Sub(since))
	}
}

// failed ends all writing after a sync that failed.
func (s *Store) failed(err error) {
	s.guard.mu.Lock()
	defer s.guard.mu.Unlock()
	if s.guard.failure == nil {
		s.guard.failure = err
		s.log.Error("the disk refused to store data; nothing more is acknowledged until the restart", "error", err)
	}
}
