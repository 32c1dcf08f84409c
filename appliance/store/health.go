package store

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"siteward/appliance"
)

// Damage is one thing of the store that is not what was written.
type Damage struct {
	Where string    `json:"where"` // the file or the record
	What  string    `json:"what"`  // what is wrong with it, in English
	Found time.Time `json:"found"`
}

// health gathers damage as it is met.
type health struct {
	mu     sync.Mutex
	damage map[string]Damage // by Where
	report Report            // of the last verification

	logbook appliance.LogbookReport // of the last verification of the logbook
}

// maxDamage bounds the list: a broken disk must not fill the memory.
const maxDamage = 1000

func (h *health) add(d Damage) (first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.damage == nil {
		h.damage = map[string]Damage{}
	}
	if _, known := h.damage[d.Where]; known || len(h.damage) >= maxDamage {
		return false
	}
	h.damage[d.Where] = d
	return true
}

// damaged notes a value that could not be read. The record is left out and the rest stays usable.
func (s *Store) damaged(key []byte, err error) {
	d := Damage{Where: describeKey(key), What: err.Error(), Found: s.opt.Now()}
	if s.health.add(d) {
		s.log.Error("the store is damaged", "where", d.Where, "error", err)
	}
}

// Healthy fails when the store does not answer: it reads, and waits for its turn to write. The watchdog is fed
// only while it succeeds, so a failed sync ends in a restart. A full disk is no reason for one.
func (s *Store) Healthy(ctx context.Context) error {
	answer := make(chan error, 1)
	go func() {
		s.write.Lock()
		s.write.Unlock() //nolint:staticcheck // an empty section: taking the lock is the question
		answer <- s.View(func(tx *Tx) error { _, err := tx.schema(); return err })
	}()
	select {
	case err := <-answer:
		if err != nil {
			return fmt.Errorf("store: %w", err)
		}
	case <-ctx.Done():
		return appliance.Errorf(appliance.CodeUnavailable, "the store does not answer: %w", ctx.Err())
	}
	s.guard.mu.Lock()
	defer s.guard.mu.Unlock()
	if s.guard.failure != nil {
		return appliance.Errorf(appliance.CodeReadOnly, "the disk refused to store data: %w", s.guard.failure)
	}
	return nil
}

// brokenTable makes an error of a panic that Badger had over a damaged table, and passes any other on.
func (s *Store) brokenTable(p any) error {
	frames := runtime.CallersFrames(callers())
	for {
		f, more := frames.Next()
		if !strings.HasPrefix(f.Function, "runtime.") && f.Function != "" {
			if !strings.HasPrefix(f.Function, "github.com/dgraph-io/") {
				panic(p)
			}
			d := Damage{Where: "db/*.sst", What: fmt.Sprintf("a table cannot be read: %v", p), Found: s.opt.Now()}
			if s.health.add(d) {
				s.log.Error("the store is damaged", "where", d.Where, "error", d.What)
			}
			return appliance.Errorf(appliance.CodeUnavailable, "this part of the store is damaged; run siteward verify, and restore the newest backup when it says so")
		}
		if !more {
			panic(p)
		}
	}
}

// callers is the stack of the function that panicked, seen from a deferred function two calls up.
func callers() []uintptr {
	pc := make([]uintptr, 32)
	return pc[:runtime.Callers(4, pc)]
}
