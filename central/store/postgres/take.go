package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"siteward/central"
)

// Take changes what is known of one site. Its row is locked meanwhile.
func (s *Store) Take(ctx context.Context, id central.SiteID, decide func(*central.Taking) error) error {
	return s.tx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		row, err := scanRow(tx.QueryRow(ctx, "SELECT site, status FROM sites WHERE id = $1 FOR UPDATE", string(id)))
		if errors.Is(err, pgx.ErrNoRows) {
			return central.NoRecord("site", string(id))
		}
		if err != nil {
			return err
		}
		k := &central.Taking{Site: row.Site, Status: row.Status,
			Find: func(family, key string) (central.Record, error) { return s.find(ctx, tx, family, key) }}
		if err := decide(k); err != nil {
			return err
		}
		b := &pgx.Batch{}
		for _, e := range k.Events {
			k.Status.Stored++
			e.Site, e.N = id, k.Status.Stored
			queueEvent(b, e)
		}
		status, err := json.Marshal(k.Status)
		if err != nil {
			return err
		}
		b.Queue("UPDATE sites SET status=$2, rank=$3, state=$4, silent=$5, due=$6 WHERE id=$1", string(id), status,
			k.Status.Rank(), int64(k.Status.Facts.State), string(k.Status.Silent), moment(k.Status.Due))
		if err := s.queueRecords(b, k.Write); err != nil {
			return err
		}
		return tx.SendBatch(ctx, b).Close()
	})
}

func queueEvent(b *pgx.Batch, e central.Event) {
	b.Queue("INSERT INTO events (site, n, seq, id, type, subject, at, received, data) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
		string(e.Site), int64(e.N), int64(e.Seq), []byte(e.ID), []byte(e.Type), []byte(e.Subject), e.Time, e.Received, []byte(e.Data)) //nolint:gosec // counted up
}

// Events gives what a site told, newest first.
func (s *Store) Events(ctx context.Context, f central.EventFilter) ([]central.Event, error) {
	ctx, stop := s.limit(ctx)
	defer stop()
	sql, args := "SELECT n, seq, id, type, subject, at, received, data FROM events WHERE site = $1 AND received >= $2", []any{string(f.Site), f.Since}
	add := func(condition string, v any) {
		args = append(args, v)
		sql += " AND " + strings.ReplaceAll(condition, "?", "$"+string(rune('0'+len(args))))
	}
	if f.Before > 0 {
		add("n < ?", int64(f.Before)) //nolint:gosec // counted up
	}
	if f.Subject != "" {
		add("subject = ?", []byte(f.Subject))
	}
	if len(f.Types) > 0 {
		types := make([][]byte, len(f.Types))
		for i, t := range f.Types {
			types[i] = []byte(t)
		}
		add("type = ANY(?)", types)
	}
	args = append(args, f.Most())
	rows, err := s.pool.Query(ctx, sql+" ORDER BY n DESC LIMIT $"+string(rune('0'+len(args))), args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (central.Event, error) { return scanEvent(row, f.Site) })
}

func scanEvent(row pgx.Row, site central.SiteID) (central.Event, error) {
	e := central.Event{Site: site}
	var id, kind, subject, data []byte
	var n, seq int64
	err := row.Scan(&n, &seq, &id, &kind, &subject, &e.Time, &e.Received, &data)
	e.N, e.Seq = uint64(n), uint64(seq) //nolint:gosec // counted up
	e.ID, e.Type, e.Subject, e.Data = string(id), string(kind), string(subject), data
	return e, err
}

// Prune removes old events, and records that have expired, some at a time, so that no lock lasts.
func (s *Store) Prune(ctx context.Context, before, now time.Time) (n int, err error) {
	for _, step := range []struct {
		sql string
		arg time.Time
	}{
		{"DELETE FROM events WHERE (site, n) IN (SELECT site, n FROM events WHERE received < $1 LIMIT 5000)", before},
		{"DELETE FROM records WHERE (family, key) IN (SELECT family, key FROM records WHERE expires <= $1 LIMIT 5000)", now},
	} {
		for {
			some, stop := s.limit(ctx)
			tag, err := s.pool.Exec(some, step.sql, step.arg)
			stop()
			if err != nil {
				return n, err
			}
			n += int(tag.RowsAffected())
			if tag.RowsAffected() == 0 {
				break
			}
		}
	}
	return n, nil
}
