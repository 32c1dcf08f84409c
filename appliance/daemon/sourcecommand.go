package daemon

import (
	"bytes"
	"context"
	"fmt"

	"siteward/appliance"
	"siteward/appliance/store"
	"siteward/probes/backuplog"
	"siteward/probes/source"
)

// command reads what the fixed command of a source prints. It prints the same runs again and again; they are known by
// their time.
func (r *sourceReading) command(ctx context.Context) error {
	out, err := r.d.runCommand(ctx, r.source)
	if err != nil {
		return err
	}
	o, err := r.options("ssh " + r.source.Command.Host + ": " + r.source.Command.Command)
	if err != nil {
		return err
	}
	result, err := backuplog.Read(ctx, bytes.NewReader(out.Text), o)
	if err != nil {
		return err
	}
	if out.Cut {
		r.note = &appliance.Message{Key: "source.note_cut", Args: map[string]any{"limit": source.MaxOutput >> 20},
			English: fmt.Sprintf("the command prints more than %d MB; only that much is read", source.MaxOutput>>20)}
	}
	r.heard = true
	return r.keep(ctx, result, int64(len(out.Text)), func(*store.Tx) error { return nil })
}

func (d *Daemon) runCommand(ctx context.Context, s appliance.Source) (source.Output, error) {
	login, err := d.login(s.Credential)
	if err != nil {
		return source.Output{}, err
	}
	return source.Run(ctx, *s.Command, login)
}
