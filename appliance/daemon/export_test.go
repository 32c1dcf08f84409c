package daemon

import (
	"context"

	"siteward/appliance"
)

// JudgeTime lets time pass, as the job of that name does.
func JudgeTime(d *Daemon, ctx context.Context) error { return d.judgeTime(ctx) }

// WatchMode looks at the store, as the job of that name does.
func WatchMode(d *Daemon, ctx context.Context) error { return d.watchMode(ctx) }

// Forget makes the reader look at a device as if for the first time.
func Forget(d *Daemon, check appliance.ID) { d.reader.Forget(check) }
