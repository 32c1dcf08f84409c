package systemd

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestWatchdogIsFedOnlyWhileTheStoreAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var broken atomic.Bool
		var fed atomic.Int32
		healthy := func(context.Context) error {
			if broken.Load() {
				return errors.New("store hangs")
			}
			return nil
		}
		done := make(chan error)
		go func() {
			done <- feed(ctx, 15*time.Second, healthy, func() { fed.Add(1) }, slog.New(slog.DiscardHandler))
		}()
		<-time.After(61 * time.Second) // in the bubble's time: 0, 15, 30, 45, 60
		if n := fed.Load(); n != 5 {
			t.Errorf("fed %d times in a minute, want 5", n)
		}
		broken.Store(true)
		<-time.After(time.Minute)
		if n := fed.Load(); n != 5 {
			t.Errorf("fed %d times although the store hangs", n-5)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestReadyReachesTheManagersSocket(t *testing.T) {
	sock := filepath.Join(t.TempDir(), "n")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: sock, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	t.Setenv("NOTIFY_SOCKET", sock)
	Ready(slog.New(slog.DiscardHandler))
	buf := make([]byte, 64)
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	n, err := conn.Read(buf)
	if err != nil || string(buf[:n]) != "READY=1" {
		t.Errorf("read %q, %v", buf[:n], err)
	}
}
