package daemon

import "context"

// JudgeTime lets time pass, as the job of that name does.
func JudgeTime(d *Daemon, ctx context.Context) error { return d.judgeTime(ctx) }

// WatchMode looks at the store, as the job of that name does.
func WatchMode(d *Daemon, ctx context.Context) error { return d.watchMode(ctx) }
