package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"siteward/appliance"
)

// Store is central's store in a database.
type Store struct {
	pool     *pgxpool.Pool
	now      func() time.Time
	patience time.Duration
}

// Options are for tests.
type Options struct {
	Now func() time.Time
	// Patience is how long the database may take for anything but a backup; 0: 70 seconds. It limits its statements itself to 60, but
	// a line that swallows everything, or a machine that hangs, says nothing at all.
	Patience time.Duration
}

const patience = 70 * time.Second

// limit bounds how long the database may take.
func (s *Store) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.patience)
}

// Open connects to a database, given as postgres://user@host/database, and makes its tables.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	c, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, appliance.Errorf(appliance.CodeInvalid, "the address of the database cannot be used; write postgres://user@host/database")
	}
	c.MaxConns = max(c.MaxConns, 16)
	c.ConnConfig.ConnectTimeout = 10 * time.Second
	if _, set := c.ConnConfig.RuntimeParams["statement_timeout"]; !set {
		c.ConnConfig.RuntimeParams["statement_timeout"] = "60000"
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	s := &Store{pool: pool, now: o.Now, patience: o.Patience}
	if s.patience <= 0 {
		s.patience = patience
	}
	if err := s.migrate(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("database: %w", err)
	}
	return s, nil
}

// Close gives the connections back.
func (s *Store) Close() error { s.pool.Close(); return nil }

// Healthy fails when the database does not answer.
func (s *Store) Healthy(ctx context.Context) error {
	ctx, stop := s.limit(ctx)
	defer stop()
	return s.pool.Ping(ctx)
}

// tries is how often a transaction is tried that the database wants tried again.
const tries = 8

// again runs do until it does not fail because of others who do something at the same time.
func (s *Store) again(ctx context.Context, do func() error) error {
	for n := 1; ; n++ {
		err := do()
		if err == nil || n == tries || !passing(err) {
			return err
		}
		wait := time.NewTimer(rand.N(time.Duration(n) * 20 * time.Millisecond)) //nolint:gosec // nobody gains by guessing it
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		}
	}
}

// passing says whether an error may go away by itself: a conflict of transactions, two who made the same table.
func passing(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	switch e.Code {
	case "40001", "40P01", "42P07", "42710", "55P03": // serialization, deadlock, table or object exists, lock not available
		return true
	case uniqueViolation:
		return e.SchemaName == "pg_catalog" || e.TableName != "sites"
	}
	return false
}

const uniqueViolation = "23505"

// tx runs do in a transaction, again when the database asks for that.
func (s *Store) tx(ctx context.Context, do func(context.Context, pgx.Tx) error) error {
	ctx, stop := s.limit(ctx)
	defer stop()
	return s.again(ctx, func() error { return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return do(ctx, tx) }) })
}
