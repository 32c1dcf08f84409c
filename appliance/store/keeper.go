package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"

	"siteward/appliance"
)

// The keeper is the store's background work: one goroutine, one ticker, a list of duties.
const (
	syncEvery = 5 * time.Second
	lookEvery = time.Minute
	lazyEvery = 10 * time.Minute

	verifyAfter = 5 * time.Second // people wait for the first page, nobody for this
)

func (s *Store) start(ctx context.Context) {
	if s.opt.ReadOnly {
		return
	}
	s.wake = make(chan struct{}, 1)
	switch n := s.level0(); { // processes that were killed one after the other have left a table each
	case n >= mergeFirst:
		s.report("compact", s.compact())
	case n >= flattenAt:
		s.wake <- struct{}{}
	}
	s.takeBallast()
	s.allocateLogs()
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		s.keep(ctx)
	}()
	if s.opt.SkipVerify {
		return
	}
	s.done.Add(1)
	go func() {
		defer s.done.Done()
		select {
		case <-ctx.Done():
		case <-time.After(verifyAfter):
			s.verifyAtStart(ctx)
		}
	}()
}

// verifyAtStart looks for damage that came while Siteward was not running, for so long as a start may take. All of it
// is looked at every night.
func (s *Store) verifyAtStart(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	r := Report{Began: s.opt.Now()}
	err := s.View(func(tx *Tx) error { return tx.verify(ctx, &r) })
	if err == nil && s.rewritten() < 256<<20 { // cannot be interrupted, and a stop must not wait for it
		err = s.verifyTables(ctx)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		s.log.Info("the verification at the start ended early; the nightly one looks at everything", "records", r.Records)
	case err != nil && ctx.Err() == nil && !errors.Is(err, errClosed):
		s.log.Error("the store could not be verified", "error", err)
	}
}

func (s *Store) keep(ctx context.Context) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	looked, lazy := s.opt.Now(), s.opt.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
			s.report("compact", s.compact())
			continue
		case <-tick.C:
		}
		s.lookAtDisk()
		s.takeBallast()
		if readOnly, _ := s.Mode(); readOnly {
			continue
		}
		now := s.opt.Now()
		if s.sync.dirty() {
			s.report("sync", s.Sync())
			s.allocateLogs()
		}
		s.report("write chunks", s.cutDue())
		if since := now.Sub(looked); since >= lookEvery || since < 0 {
			looked = now
			s.report("merge days", s.mergeDays())
			s.report("compact", s.compact())
		}
		if since := now.Sub(lazy); since >= lazyEvery || since < 0 {
			lazy = now
			s.report("write states and readings", s.flushLive(now.Add(time.Minute)))
		}
	}
}

func (s *Store) report(what string, err error) {
	switch {
	case err == nil, errors.Is(err, errClosed):
	case appliance.CodeOf(err) == appliance.CodeReadOnly:
		s.log.Debug("not done while the store takes no writes", "what", what)
	default:
		s.log.Error("the store could not do its housekeeping", "what", what, "error", err)
	}
}

// flush writes what is only in memory, before the store is closed. It takes a second at most.
func (s *Store) flush() error {
	if s.opt.ReadOnly {
		return nil
	}
	err := errors.Join(s.cutAll(), s.flushLive(s.opt.Now().Add(time.Second)), s.Sync())
	if appliance.CodeOf(err) == appliance.CodeReadOnly {
		s.log.Warn("the store is closed while it takes no writes; the log keeps what was stored", "error", err)
		return nil
	}
	return err
}

// compact merges the tables of level 0 when there are several. Without compactors of Badger's own this is what
// keeps reading fast. It needs room for what it rewrites.
func (s *Store) compact() error {
	s.compacting.Lock()
	defer s.compacting.Unlock()
	if s.level0() < flattenAt {
		return nil
	}
	return s.flatten()
}

// flatten merges all tables into one level when there is room for it.
func (s *Store) flatten() error {
	free, err := s.opt.free(s.dir)
	if err != nil {
		return err
	}
	if need := s.rewritten(); free < minFree+need {
		s.log.Warn("no room to put tables together; they stay as they are", "free_bytes", free, "needed_bytes", minFree+need)
		return nil
	}
	// Merging drops deletions, and with them the newest number of a change. There must be a newer change that stays, or
	// the next start would find the store older than its mark.
	err = s.db.Update(func(txn *badger.Txn) error { return txn.Set(keyText(famMeta, metaMerged), encodeBytes(nil)) })
	if err != nil {
		return fmt.Errorf("compact: %w", err)
	}
	return s.mergeTables()
}

const metaMerged = "merged"

func (s *Store) mergeTables() error {
	if err := s.db.Flatten(1); err != nil && !strings.Contains(err.Error(), "Unable to fill tables") { // nothing to do
		return fmt.Errorf("compact: %w", err)
	}
	return nil
}

// level0 is how many tables wait to be merged.
func (s *Store) level0() int { return s.db.Levels()[0].NumTables }

// rewritten is how much room merging may take for a while: as much as all tables have at most.
func (s *Store) rewritten() (bytes uint64) {
	for _, l := range s.db.Levels() {
		bytes += uint64(l.Size)
	}
	return bytes
}

// room waits, before a change is written, when so many tables are waiting that Badger would soon stop.
func (s *Store) room(keys []string, writes map[string][]byte) {
	for _, k := range keys {
		s.unmerged += len(k) + len(writes[k])
	}
	if s.unmerged < memTableSize {
		return
	}
	s.unmerged = 0
	if n := s.level0(); n >= mergeFirst {
		s.report("compact", s.compact())
	} else if n >= flattenAt {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// syncFullLogs syncs the logs that Badger no longer writes to but has not turned into tables yet.
func (s *Store) syncFullLogs() error {
	logs := s.logFiles()
	for _, path := range logs[:max(0, len(logs)-1)] {
		if err := s.opt.syncLog(path); err != nil && !errors.Is(err, os.ErrNotExist) { // then it is a table now
			return err
		}
	}
	return nil
}

func syncLog(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
