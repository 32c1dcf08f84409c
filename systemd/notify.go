// Package systemd tells the service manager that Siteward is ready, alive and stopping, and keeps the unit file, the
// package recipe and the files that go with them. Started by hand, there is nobody to tell and every call is a no-op.
package systemd

import (
	"context"
	"log/slog"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Ready says that the store is open and the pages answer (sd_notify READY=1).
func Ready(log *slog.Logger) { tell(log, daemon.SdNotifyReady) }

// Stopping says that the service is on its way down (sd_notify STOPPING=1).
func Stopping(log *slog.Logger) { tell(log, daemon.SdNotifyStopping) }

// Status sets the line that systemctl status shows.
func Status(log *slog.Logger, text string) { tell(log, "STATUS="+text) }

// Watch feeds the watchdog of the unit at half its time for as long as healthy answers without error, until ctx ends.
// A store that no longer answers lets the watchdog bite and the service start afresh.
func Watch(ctx context.Context, log *slog.Logger, healthy func(context.Context) error) error {
	limit, err := daemon.SdWatchdogEnabled(false)
	if err != nil || limit == 0 {
		<-ctx.Done()
		return nil //nolint:nilerr // a WATCHDOG_USEC that cannot be read asks for nothing
	}
	return feed(ctx, limit/2, healthy, func() { tell(log, daemon.SdNotifyWatchdog) }, log)
}

func feed(ctx context.Context, every time.Duration, healthy func(context.Context) error, notify func(), log *slog.Logger) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		ask, cancel := context.WithTimeout(ctx, every)
		err := healthy(ask)
		cancel()
		if err == nil {
			notify()
		} else if ctx.Err() == nil {
			log.Error("the watchdog is not fed because the store does not answer", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func tell(log *slog.Logger, what string) {
	if _, err := daemon.SdNotify(false, what); err != nil {
		log.Warn("the service manager could not be told", "what", what, "err", err)
	}
}
