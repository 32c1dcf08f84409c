package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// migrations make the tables, one step a version of the schema. A step that was released is never changed.
var migrations = []string{
	// 1
	`CREATE TABLE IF NOT EXISTS sites (
		id text PRIMARY KEY,
		name text NOT NULL,
		lower_name text NOT NULL UNIQUE,
		grp bigint NOT NULL,
		ring text NOT NULL,
		version bigint NOT NULL,
		site bytea NOT NULL,
		status bytea NOT NULL,
		rank bigint NOT NULL,
		state bigint NOT NULL,
		silent text NOT NULL,
		due timestamptz
	);
	CREATE INDEX IF NOT EXISTS sites_by_rank ON sites (rank DESC, lower_name, id);
	CREATE INDEX IF NOT EXISTS sites_by_due ON sites (due);
	CREATE TABLE IF NOT EXISTS events (
		site text NOT NULL,
		n bigint NOT NULL,
		seq bigint NOT NULL,
		id bytea NOT NULL,
		type bytea NOT NULL,
		subject bytea NOT NULL,
		at timestamptz NOT NULL,
		received timestamptz NOT NULL,
		data bytea NOT NULL,
		PRIMARY KEY (site, n)
	);
	CREATE INDEX IF NOT EXISTS events_by_type ON events (site, type, n);
	CREATE INDEX IF NOT EXISTS events_by_subject ON events (site, subject, n);
	CREATE INDEX IF NOT EXISTS events_by_age ON events (received);
	CREATE TABLE IF NOT EXISTS records (
		family text NOT NULL,
		key bytea NOT NULL,
		version bigint NOT NULL,
		expires timestamptz,
		value bytea NOT NULL,
		PRIMARY KEY (family, key)
	);
	CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires)`,
}

// migrate brings the tables to the schema of this program. Several processes may do so at once: each step may be done twice, and
// what the database refuses because of that is tried again.
func (s *Store) migrate(ctx context.Context) error {
	return s.again(ctx, func() error {
		if _, err := s.pool.Exec(ctx, "CREATE TABLE IF NOT EXISTS schema_steps (step bigint PRIMARY KEY)"); err != nil {
			return err
		}
		var have int
		if err := s.pool.QueryRow(ctx, "SELECT coalesce(max(step), 0) FROM schema_steps").Scan(&have); err != nil {
			return err
		}
		if have > len(migrations) {
			return fmt.Errorf("the database has schema %d, this program knows %d: a newer central has used it; install that version", have, len(migrations))
		}
		for i := have; i < len(migrations); i++ {
			// The simple protocol takes several statements at once.
			if _, err := s.pool.Exec(ctx, migrations[i], pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
			if _, err := s.pool.Exec(ctx, "INSERT INTO schema_steps (step) VALUES ($1) ON CONFLICT DO NOTHING", i+1); err != nil {
				return err
			}
		}
		return nil
	})
}
