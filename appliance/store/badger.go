package store

import (
	"fmt"
	"log/slog"
	"math"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

const (
	memTableSize = 8 << 20
	// flattenAt is how many tables of level 0 the keeper lets gather; from mergeFirst on, the start and writes wait until they are merged.
	flattenAt  = 4
	mergeFirst = 32
)

// badgerOptions are measured ones (docs/store.md). Those that matter for more than speed:
//   - SyncWrites off, because durable.go syncs when it is due, which Badger's own way of syncing each write is not;
//   - NumCompactors 0, because compactors wake every 50 ms for nothing; the keeper compacts when there is a reason;
//   - no stall by level 0: each killed process leaves a log that the next Open makes a table of, and there Badger would wait for ever
//     for a compactor. Writes wait in room instead;
//   - all values stay in the tables (ValueThreshold), because the value log's clean-up hardly shrinks it;
//   - no compression, because chunks are dense already and reading a year would unpack hundreds of blocks;
//   - ChecksumVerificationMode stays NoVerification, because others skip records or panic; verify.go verifies.
func (s *Store) badgerOptions() badger.Options {
	return badger.DefaultOptions(s.dbDir()).
		WithReadOnly(s.opt.ReadOnly).
		WithSyncWrites(false).
		WithMemTableSize(memTableSize).WithNumMemtables(2).
		WithNumCompactors(0).WithNumLevelZeroTables(2).WithNumLevelZeroTablesStall(math.MaxInt32).
		WithBaseTableSize(4 << 20).WithBaseLevelSize(32 << 20).
		WithValueThreshold(768 << 10).WithValueLogFileSize(16 << 20).
		WithBlockSize(8 << 10).WithBlockCacheSize(8 << 20).WithIndexCacheSize(4 << 20).
		WithCompression(options.None).WithVerifyValueChecksum(true).
		WithNumGoroutines(1).WithNumVersionsToKeep(1).
		WithCompactL0OnClose(false). // it may take longer than a stop should, and needs room on the disk
		WithMetricsEnabled(false).WithDetectConflicts(false).
		WithLogger(badgerLog{s.log.With("part", "badger")})
}

// badgerLog passes on what Badger warns of. Its infos are for Badger's authors.
type badgerLog struct{ log *slog.Logger }

func (l badgerLog) Errorf(f string, a ...any)   { l.log.Error(line(f, a)) }
func (l badgerLog) Warningf(f string, a ...any) { l.log.Warn(line(f, a)) }
func (l badgerLog) Infof(f string, a ...any)    {}
func (l badgerLog) Debugf(f string, a ...any)   {}

func line(f string, a []any) string { return strings.TrimSpace(fmt.Sprintf(f, a...)) }
