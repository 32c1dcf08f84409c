package postgres

import (
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"siteward/appliance"
	"siteward/central"
	"siteward/central/store/storetest"
	"siteward/internal/peer"
)

func TestStore(t *testing.T) {
	server := peer.Postgres(t)
	storetest.Run(t, func(t *testing.T, clock *storetest.Clock) (central.Store, func() central.Store) {
		url := peer.PostgresDatabase(t, server)
		open := func() central.Store {
			s, err := Open(t.Context(), url, Options{Now: clock.Now})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
		return open(), open // any number of processes at the same time
	})
	t.Run("the database goes away", func(t *testing.T) { goesAway(t, peer.PostgresDatabase(t, server)) })
	t.Run("many start at once", func(t *testing.T) {
		url := peer.PostgresDatabase(t, server)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				s, err := Open(t.Context(), url, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				_ = s.Close()
			})
		}
		wg.Wait()
	})
}

// line is a way to the database that can be cut, and that can swallow everything.
type line struct {
	net.Listener

	to     string
	mu     sync.Mutex
	open   []net.Conn
	cut    bool
	frozen bool
}

func (l *line) set(cut, frozen bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut, l.frozen = cut, frozen
	if cut {
		for _, c := range l.open {
			_ = c.Close()
		}
		l.open = nil
	}
}

func (l *line) is() (cut, frozen bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut, l.frozen
}

func (l *line) run() {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		if cut, _ := l.is(); cut {
			_ = c.Close()
			continue
		}
		d, err := net.Dial("tcp", l.to)
		if err != nil {
			_ = c.Close()
			continue
		}
		l.mu.Lock()
		l.open = append(l.open, c, d)
		l.mu.Unlock()
		go l.carry(c, d)
		go l.carry(d, c)
	}
}

func (l *line) carry(from, to net.Conn) {
	defer to.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if err != nil {
			return
		}
		if _, frozen := l.is(); frozen {
			continue // nobody hears of it
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

// goesAway cuts the way to the database, lets it swallow everything, and brings it back: nobody waits for ever, nothing is half, and
// the same process goes on by itself.
func goesAway(t *testing.T, url string) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{to: net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))}
	if l.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(); l.set(true, false) })
	go l.run()
	s, err := Open(t.Context(), strings.Replace(url, l.to, l.Addr().String(), 1), Options{Patience: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	site := central.Site{ID: "s-one", Name: "One"}
	if err := s.PutSite(t.Context(), &site); err != nil {
		t.Fatal(err)
	}
	count := func() error {
		return s.Take(t.Context(), site.ID, func(k *central.Taking) error { k.Status.Acknowledged++; return nil })
	}
	want := uint64(0)
	for _, how := range []struct {
		name        string
		cut, frozen bool
	}{{"cut", true, false}, {"frozen", false, true}} {
		if err := count(); err != nil {
			t.Fatal(err)
		}
		want++
		l.set(how.cut, how.frozen)
		for what, ask := range map[string]func() error{
			"take":   count,
			"record": func() error { _, err := s.Record(t.Context(), "f", "k"); return err },
			"health": func() error { return s.Healthy(t.Context()) },
		} {
			if err := ask(); err == nil || errors.Is(err, appliance.ErrNotFound) {
				t.Errorf("%s, %s: %v", how.name, what, err)
			}
		}
		l.set(true, false) // what hangs is hung up
		l.set(false, false)
		peer.Until(t, time.Minute, "the database answers again", func() bool { return s.Healthy(t.Context()) == nil })
		peer.Until(t, time.Minute, "it is written again", func() bool { return count() == nil })
		want++
		if r, err := s.Site(t.Context(), site.ID); err != nil || r.Status.Acknowledged != want {
			t.Errorf("%s: counted %d, want %d, %v", how.name, r.Status.Acknowledged, want, err)
		}
	}
}
