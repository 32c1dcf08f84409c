package profile

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"siteward/probes/snmp/mib"
)

// Bounds of a plan. A device with more is polled for the first ones, and the log says so.
const (
	maxRows  = 4096  // of one table
	maxSlots = 20000 // of one device
)

// Discover asks for the scalars and walks the tables that the profiles name, and makes the plan of instances to poll.
// An error that wraps mib.ErrPartial comes with a plan of what could be read; without a plan the error says why.
func (m *Match) Discover(ctx context.Context, ask mib.Asker) (*Plan, error) {
	b := newBuilder(m)
	var errs []error
	if err := b.askScalars(ctx, ask); err != nil {
		errs = append(errs, err)
	}
	for _, p := range m.Profiles {
		for _, t := range p.tables {
			if ctx.Err() != nil {
				break
			}
			if err := b.walk(ctx, ask, t); err != nil {
				errs = append(errs, fmt.Errorf("walk %s: %w", t.name, err))
			}
		}
	}
	if len(b.cells) == 0 && len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	plan := b.plan()
	if len(errs) == 0 {
		return plan, nil
	}
	if err := errors.Join(errs...); errors.Is(err, mib.ErrPartial) {
		return plan, err
	}
	return plan, fmt.Errorf("%w: %w", mib.ErrPartial, errors.Join(errs...))
}

// found is what was read of one table.
type found struct {
	spec  *tableSpec
	index []string          // in the agent's order
	alias map[string]string // of tables with index_by: what the column says -> index
}

// askScalars GETs all scalars with their final .0, and those that are missing once more without it: some agents
// (Delta) name a scalar by its object alone. Where a profile applies to all devices and nothing of it is there, there
// is no need to ask twice.
func (b *builder) askScalars(ctx context.Context, ask mib.Asker) error {
	var oids []mib.OID
	for _, p := range b.match.Profiles {
		for _, s := range p.scalars {
			oids = append(oids, s.oid+".0")
		}
	}
	if err := b.get(ctx, ask, distinct(oids)); err != nil {
		return fmt.Errorf("ask for scalars: %w", err)
	}
	var bare []mib.OID
	for _, p := range b.match.Profiles {
		var missing []mib.OID
		for _, s := range p.scalars {
			if _, ok := b.cells[s.oid+".0"]; !ok {
				missing = append(missing, s.oid)
			}
		}
		if len(missing) < len(p.scalars) || !p.always() {
			bare = append(bare, missing...)
		}
	}
	if err := b.get(ctx, ask, distinct(bare)); err != nil && ctx.Err() != nil {
		return fmt.Errorf("ask for scalars: %w", err)
	}
	return nil
}

func (b *builder) get(ctx context.Context, ask mib.Asker, oids []mib.OID) error {
	if len(oids) == 0 {
		return nil
	}
	vars, err := ask.Get(ctx, oids)
	for _, v := range vars {
		b.keep(v)
	}
	return err
}

func (b *builder) keep(v mib.Varbind) {
	if v.Exists() && len(b.cells) < 4*maxSlots {
		v.Bytes = slices.Clone(v.Bytes[:min(len(v.Bytes), 4*maxText)])
		b.cells[v.OID] = v
	}
}

// walk reads all columns of a table side by side and lists its rows.
func (b *builder) walk(ctx context.Context, ask mib.Asker, t *tableSpec) error {
	if len(t.columns) == 0 {
		return nil
	}
	columns := make([]mib.OID, len(t.columns))
	for i, c := range t.columns {
		columns[i] = c.oid
	}
	vars, err := ask.Walk(ctx, distinct(columns))
	rows := map[string]bool{}
	for _, v := range vars {
		b.keep(v)
		if c := t.columnOf(v.OID); c != nil && v.Exists() && (t.anchor == nil || slices.Contains(t.anchor, c.name)) {
			rows[v.OID.Suffix(c.oid)] = true
		}
	}
	delete(rows, "")
	f := &found{spec: t}
	for index := range rows {
		f.index = append(f.index, index)
	}
	slices.SortFunc(f.index, func(x, y string) int { return mib.Compare(mib.OID(x), mib.OID(y)) })
	f.index = f.index[:min(len(f.index), maxRows)]
	if by := t.column(t.indexBy); by != nil {
		f.alias = map[string]string{}
		for _, index := range f.index {
			if v, ok := b.cells[by.oid+mib.OID("."+index)]; ok {
				f.alias[by.text(v)] = index
			}
		}
	}
	b.tables[t] = f
	return err
}

func (t *tableSpec) columnOf(o mib.OID) *spec {
	for _, c := range t.columns {
		if o.Under(c.oid) {
			return c
		}
	}
	return nil
}
