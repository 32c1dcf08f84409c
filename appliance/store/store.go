package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/badger/v4"
	"golang.org/x/mod/sumdb/note"

	"siteward/appliance"
)

// Options of a store. The zero value is what an appliance uses.
type Options struct {
	Logger   *slog.Logger     // nil: silent
	Now      func() time.Time // nil: time.Now
	ReadOnly bool             // open for reading only, of a store that was stopped cleanly

	RawDays   int // samples as they were read; 0 = 400
	Hourly    int // days of hourly least, mean and greatest after that; 0 = 1826, five years
	EventDays int // the journal; 0 = 731, two years
	Backups   int // nightly backups kept beside the store; 0 = 7, negative = none

	// SkipVerify leaves out the verification in the background after the start.
	SkipVerify bool

	free    func(dir string) (uint64, error) // of the disk; tests make it full
	sync    func(*badger.DB) error           // tests let it fail
	syncLog func(path string) error
}

func (o *Options) defaults() {
	o.Logger = orElse(o.Logger, slog.New(slog.DiscardHandler))
	o.RawDays, o.Hourly = orElse(o.RawDays, 400), orElse(o.Hourly, 1826)
	o.EventDays, o.Backups = orElse(o.EventDays, 731), orElse(o.Backups, 7)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.free == nil {
		o.free = freeBytes
	}
	if o.sync == nil {
		o.sync = (*badger.DB).Sync
	}
	if o.syncLog == nil {
		o.syncLog = syncLog
	}
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Store is an open store. All its methods may be called from many goroutines.
type Store struct {
	dir  string
	opt  Options
	log  *slog.Logger
	db   *badger.DB
	lock *os.File

	write    sync.Mutex   // held by the one change that is being made
	applying sync.RWMutex // held while a big change becomes visible; views are opened under its read half
	seq      uint64       // the journal's last number; guarded by write
	entries  uint64       // the logbook's last number; guarded by write
	signer   note.Signer  // of the logbook, nil before the first entry since the start; guarded by write
	closing  atomic.Bool
	life     life
	stop     context.CancelFunc
	done     sync.WaitGroup

	wake       chan struct{} // asks the keeper to compact
	compacting sync.Mutex
	unmerged   int // bytes written since the last look at level 0; guarded by write

	reporting  atomic.Bool   // changes are noted for the provider
	uplinkWake chan struct{} // one of them was
	samplesFor samplesRoom   // how long bytes of measured values that left are kept

	sync    syncer
	guard   guard
	health  health
	live    live
	samples samples
}

// Open opens the store in dir, making it (mode 0700) when it does not exist, and starts its background work, which
// ends with Close. It refuses, with an *appliance.Error that says what to do, a folder that another process holds,
// that a newer Siteward wrote, that lost its MANIFEST or that cannot be written.
func Open(ctx context.Context, dir string, o Options) (*Store, error) {
	o.defaults()
	if err := checkWordSize(wordSize); err != nil {
		return nil, err
	}
	s := &Store{dir: dir, opt: o, log: o.Logger, uplinkWake: make(chan struct{}, 1), samplesFor: defaultSamplesRoom}
	if err := s.openFolder(); err != nil {
		return nil, err
	}
	if err := s.openDB(); err != nil {
		s.unlock()
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.closeDB())
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	s.start(background)
	return s, nil
}

// openDB opens Badger. A process killed while Badger created a file leaves one that Badger trips over exactly
// once ("Create a new file"), so this is tried once more.
func (s *Store) openDB() error {
	if err := checkManifest(s.dbDir()); err != nil {
		return err
	}
	db, err := badger.Open(s.badgerOptions())
	if err != nil && strings.Contains(err.Error(), "Create a new file") {
		s.log.Info("opening the store again: the last process was killed while it created a file")
		db, err = badger.Open(s.badgerOptions())
	}
	if err != nil && strings.Contains(err.Error(), badger.ErrTruncateNeeded.Error()) { // not wrapped by Badger
		return &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{
			Key:     "store.error.not_stopped_cleanly",
			Args:    map[string]any{"Dir": s.dir},
			English: fmt.Sprintf("the store %s was not stopped cleanly, so it cannot be opened for reading only; start and stop Siteward on it once", s.dir),
		}}
	}
	if err != nil {
		return fmt.Errorf("open store %s: %w", s.dir, err)
	}
	s.db = db
	return nil
}

// prepare brings what is on disk into the shape this program expects and loads what it keeps in memory.
func (s *Store) prepare(ctx context.Context) error {
	steps := []func(context.Context) error{s.checkMark, s.finishStaged, s.migrate, s.loadEvents, s.loadLive, s.loadSeries, s.loadSamples}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return fmt.Errorf("open store %s: %w", s.dir, err)
		}
	}
	return nil
}

// Close stops the background work, writes what is still in memory and closes the store. It is safe to call twice.
func (s *Store) Close() error {
	if s.closing.Swap(true) {
		return nil
	}
	s.stop()
	s.done.Wait()
	err := s.flush()
	s.end()
	return errors.Join(err, s.closeDB())
}

// closeDB closes Badger, unless the disk is so full that writing its last table would be a SIGBUS: then its files stay
// as a killed process leaves them, which the next start can read.
func (s *Store) closeDB() error {
	if !s.opt.ReadOnly && !s.roomToClose() {
		s.log.Warn("the disk is full; the store is left as it is and puts itself in order at the next start")
		s.unlock()
		return nil
	}
	err := s.db.Close()
	if !s.opt.ReadOnly {
		s.takeBallast()
	}
	s.unlock()
	if err != nil {
		return fmt.Errorf("close store %s: %w", s.dir, err)
	}
	return nil
}

func (s *Store) dbDir() string { return filepath.Join(s.dir, "db") }

// Dir is the folder of the store.
func (s *Store) Dir() string { return s.dir }

// View runs read on one consistent state of the store.
func (s *Store) View(read func(*Tx) error) (err error) {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	txn := s.snapshot()
	defer txn.Discard()
	defer func() {
		if p := recover(); p != nil {
			err = s.brokenTable(p)
		}
	}()
	return read(&Tx{s: s, txn: txn})
}

// snapshot fixes a state to read from. A big change is either in it as a whole or not at all.
func (s *Store) snapshot() *badger.Txn {
	s.applying.RLock()
	defer s.applying.RUnlock()
	return s.db.NewTransaction(false)
}

// Update runs edit and stores all it did, or nothing when it fails. When Update returns nil the change is on the
// disk. Changes are made one after the other; edit must not call methods of the Store that change it.
// It fails with CodeReadOnly while the store takes no writes.
func (s *Store) Update(edit func(*Tx) error) error {
	n, err := s.commit(edit)
	if err != nil {
		return err
	}
	return s.durable(n)
}

// commit makes a change without waiting for the disk. It returns the change's number for durable.
func (s *Store) commit(edit func(*Tx) error) (uint64, error) {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.enter(); err != nil {
		return 0, err
	}
	defer s.leave()
	if err := s.writable(); err != nil {
		return 0, err
	}
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	tx := &Tx{s: s, txn: txn, writes: map[string][]byte{}, seq: s.seq, entries: s.entries}
	if err := edit(tx); err != nil {
		tx.undo()
		return 0, err
	}
	if len(tx.writes) > 0 {
		if err := s.apply(tx.writes); err != nil {
			tx.undo()
			return 0, fmt.Errorf("write to store: %w", err)
		}
	}
	s.seq, s.entries = tx.seq, tx.entries
	for _, f := range tx.after {
		f()
	}
	return s.sync.wrote(), nil
}

var errClosed = &appliance.Error{Code: appliance.CodeUnavailable, Message: appliance.Message{
	Key: "store.error.closed", English: "the store is closed; Siteward is stopping"}}
