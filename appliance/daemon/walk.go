package daemon

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/probes"
	"siteward/probes/snmp"
	"siteward/probes/snmp/mib"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/snmprec"
)

// walks are the last few, so that one that a person has seen can be saved without asking the device again.
type walks struct {
	mu   sync.Mutex
	kept []keptWalk
}

type keptWalk struct {
	id   string
	at   time.Time
	vars []mib.Varbind
}

// Bounds of what is kept, and of one walk.
const (
	keptWalks = 4
	walkKept  = 15 * time.Minute
	walkLimit = 40 * time.Second
)

// Walk is App.Walk.
func (d *Daemon) Walk(ctx context.Context, by appliance.Actor, id appliance.ID, r appliance.WalkRequest) (appliance.Walk, error) {
	dev, ok := d.live.device(id)
	if !ok {
		return appliance.Walk{}, appliance.ErrNotFound
	}
	table, err := d.post.names()
	if err != nil {
		return appliance.Walk{}, err
	}
	root, err := table.OID(cmp.Or(r.Root, "1.3.6.1"))
	if err != nil {
		return appliance.Walk{}, appliance.Invalid("root", "walk.bad_root", err.Error(), map[string]any{"root": r.Root})
	}
	t, err := d.walkTarget(dev)
	if err != nil {
		return appliance.Walk{}, err
	}
	event := access.Audit(d.now(), by, "device "+dev.Name, appliance.Message{Key: "audit.walked", Args: map[string]any{"object": dev.Name, "root": table.Name(root)}, English: dev.Name + " " + string(root)})
	event.Device = id
	if err := d.store.Append([]appliance.Event{event}); err != nil && appliance.CodeOf(err) != appliance.CodeReadOnly {
		return appliance.Walk{}, err
	}
	began := d.now()
	vars, cut, err := ReadRange(ctx, d.reader, t, root, r.Limit)
	if err != nil {
		return appliance.Walk{}, unanswered(err, t)
	}
	out := WalkOf(vars, root, table)
	out.ID, out.Device, out.At, out.Took, out.Cut = d.walks.keep(vars, began), dev.Name, began, d.now().Sub(began), cut
	return out, nil
}

// walkTarget is the device's SNMP check with its credential.
func (d *Daemon) walkTarget(dev appliance.Device) (snmp.Target, error) {
	for _, c := range d.checksOf(dev.ID) {
		if c.Probe != appliance.ProbeSNMP || c.SNMP == nil {
			continue
		}
		cred, err := d.credential(c)
		if err != nil {
			return snmp.Target{}, appliance.Invalid("", "walk.no_credential", "the credential of the check "+c.Name+" cannot be used: "+err.Error(), map[string]any{"check": c.Name})
		}
		return snmp.Target{Check: c, Device: dev, Credential: &cred}, nil
	}
	return snmp.Target{}, appliance.Invalid("", "walk.no_check", "the device has no SNMP check; add one first", nil)
}

// ReadRange reads a subtree, bounded; cut says why it ended early. For the command line too, which asks devices that nobody keeps.
func ReadRange(ctx context.Context, reader *snmp.Reader, t snmp.Target, root mib.OID, limit int) (vars []mib.Varbind, cut string, err error) {
	ctx, cancel := context.WithTimeout(ctx, walkLimit)
	defer cancel()
	ask, done, err := reader.Open(ctx, t, probes.NewLog(time.Now()))
	if err != nil {
		return nil, "", err
	}
	defer done()
	vars, err = ask.Walk(ctx, []mib.OID{root})
	if errors.Is(err, mib.ErrPartial) {
		cut, err = err.Error(), nil
	}
	if err == nil && len(vars) == 0 { // a single instance is not below itself
		vars, err = ask.Get(ctx, []mib.OID{root})
		if err == nil && len(vars) == 1 && !vars[0].Exists() {
			vars = nil
		}
	}
	if limit <= 0 || limit > appliance.MaxWalk {
		limit = appliance.MaxWalk
	}
	if len(vars) > limit {
		vars, cut = vars[:limit], fmt.Sprintf("more than %d objects", limit)
	}
	return vars, cut, err
}

func unanswered(err error, t snmp.Target) error {
	return &appliance.Error{Code: appliance.CodeUnavailable, Err: err, Message: appliance.Message{Key: "walk.unanswered",
		Args: map[string]any{"detail": snmp.Explain(err, t).Detail}, English: "the device was asked and gave nothing: " + snmp.Explain(err, t).Detail}}
}

// WalkOf makes what was read readable.
func WalkOf(vars []mib.Varbind, root mib.OID, table *names.Table) appliance.Walk {
	w := appliance.Walk{Root: string(root), Name: table.Name(root), Rows: make([]appliance.WalkRow, 0, len(vars))}
	for i := range vars {
		v := &vars[i]
		w.Rows = append(w.Rows, appliance.WalkRow{OID: string(v.OID), Name: trapName(table, v.OID), Type: typeNames[v.Type], Value: readable(v, table)})
	}
	return w
}

var typeNames = map[mib.Type]string{
	mib.Integer: "Integer", mib.OctetString: "OctetString", mib.Null: "Null", mib.ObjectID: "ObjectID", mib.IPAddress: "IpAddress", mib.Counter32: "Counter32",
	mib.Gauge32: "Gauge32", mib.TimeTicks: "TimeTicks", mib.Opaque: "Opaque", mib.Counter64: "Counter64",
}

func (w *walks) keep(vars []mib.Varbind, now time.Time) string {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails: the runtime ends the program instead
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.kept) >= keptWalks {
		w.kept = append([]keptWalk(nil), w.kept[1:]...)
	}
	id := hex.EncodeToString(random[:])
	w.kept = append(w.kept, keptWalk{id, now, vars})
	return id
}

func (w *walks) find(id string, now time.Time) ([]mib.Varbind, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range w.kept {
		if k.id == id && now.Sub(k.at).Abs() < walkKept {
			return k.vars, true
		}
	}
	return nil, false
}

// WalkRecording is App.WalkRecording.
func (d *Daemon) WalkRecording(_ context.Context, id string, masked bool) ([]byte, error) {
	vars, ok := d.walks.find(id, d.now())
	if !ok {
		return nil, &appliance.Error{Code: appliance.CodeNotFound, Message: appliance.Message{Key: "walk.gone", English: "this walk is no longer kept; read the device once more"}}
	}
	if masked {
		table, err := d.post.names()
		if err != nil {
			return nil, err
		}
		vars = snmprec.Mask(vars, table)
	}
	var out bytes.Buffer
	err := snmprec.Write(&out, vars)
	return out.Bytes(), err
}
