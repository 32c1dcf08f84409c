package badger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"siteward/appliance"
)

// Store is central's store in a folder.
type Store struct {
	db      *badger.DB
	dir     string
	now     func() time.Time
	jobs    chan *job
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
	memory  rows

	mu     sync.Mutex
	failed error // the first write that failed: after it nothing is acknowledged
}

// Options are for tests and for where messages go.
type Options struct {
	Log    *slog.Logger
	Now    func() time.Time
	NoSync bool // do not wait for the disk: for tests of what lies above, which lose nothing that matters
}

// tables is the folder of Badger within ours.
const tables = "db"

// memTable bounds one transaction to about a seventh of it.
const memTable = 32 << 20

// Open opens the store of a folder, which is made when there is none.
func Open(dir string, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of the store: %w", err)
	}
	switch cut, err := cutOff(dir); {
	case err != nil:
		return nil, fmt.Errorf("a restore that was cut off, in %s: %w", dir, err)
	case cut:
		o.Log.Warn("a restore was cut off; what it had loaded was taken away, and the store is empty", "folder", dir)
	}
	// All values stay in the tables, because the value log's clean-up hardly shrinks it (docs/store.md).
	db, err := badger.Open(badger.DefaultOptions(filepath.Join(dir, tables)).
		WithSyncWrites(!o.NoSync).WithDetectConflicts(false).WithNumVersionsToKeep(1).
		WithMemTableSize(memTable).WithNumMemtables(2).WithValueThreshold(1 << 20).WithValueLogFileSize(16 << 20).
		WithNumCompactors(2).WithBlockCacheSize(0).WithIndexCacheSize(16 << 20).WithCompression(options.None).
		WithNumGoroutines(1).WithMetricsEnabled(false).WithLogger(logger{o.Log}))
	if err != nil {
		return nil, fmt.Errorf("open the store in %s: %w; another central may be running on it", dir, err)
	}
	s := &Store{db: db, dir: dir, now: o.Now, jobs: make(chan *job, 256), stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := s.fill(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	go s.write()
	return s, nil
}

// Close waits for what is being written.
func (s *Store) Close() error {
	err := error(nil)
	s.once.Do(func() {
		close(s.stop)
		<-s.stopped
		err = s.db.Close()
	})
	return err
}

// Healthy fails when the store does not answer or has stopped to acknowledge.
func (s *Store) Healthy(ctx context.Context) error {
	return s.change(ctx, func(*tx) error { return nil })
}

type logger struct{ log *slog.Logger }

func (l logger) Errorf(f string, a ...any)   { l.log.Error(line(f, a), "part", "badger") }
func (l logger) Warningf(f string, a ...any) { l.log.Warn(line(f, a), "part", "badger") }
func (l logger) Infof(string, ...any)        {}
func (l logger) Debugf(string, ...any)       {}

func line(f string, a []any) string { return strings.TrimSpace(fmt.Sprintf(f, a...)) }

var errClosed = appliance.Errorf(appliance.CodeUnavailable, "central is stopping; try again in a moment")
