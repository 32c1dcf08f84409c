package daemon_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/appliance/access"
	"siteward/appliance/message"
	"siteward/central"
)

// TestKillDuringReporting: an appliance that is killed while it reports loses nothing that it said yes to, and each of it reaches the
// provider under one number, in order. SITEWARD_KILLS says how often; 1,000 were tried.
func TestKillDuringReporting(t *testing.T) {
	t.Parallel()
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("SITEWARD_KILLS")); err == nil {
		kills = n
	}
	f, dir := newFleet(t), filepath.Join(t.TempDir(), "store")
	var requests atomic.Int64
	f.taken = func(http.ResponseWriter, *http.Request) bool { requests.Add(1); return false }
	d := opened(t, dir)
	f.connect(t, d)
	token, err := d.NewToken(t.Context(), admin, "torture", appliance.RoleAdministrator, time.Now().Add(24*time.Hour))
	if err != nil || d.Close() != nil {
		t.Fatal(err)
	}
	var acked []string
	rnd := rand.New(rand.NewPCG(6, 1)) //nolint:gosec // no secret
	for round := 1; round <= kills; round++ {
		before := requests.Load()
		p := startProcess(t, dir)
		names, ended := make(chan string, 200), make(chan struct{})
		go openTickets(p.url, token, round, names, ended)
		until(t, "it takes a ticket", func() bool { return len(names) > 0 })
		until(t, "it reports", func() bool { return requests.Load() > before })
		wait := time.NewTimer(time.Duration(rnd.IntN(60)) * time.Millisecond)
		<-wait.C
		p.kill()
		<-ended
		for name := range names {
			acked = append(acked, name)
		}
		if round%50 == 0 {
			t.Logf("%d kills: %d tickets said yes to, %d requests, central has %d", round, len(acked), requests.Load(), f.row(t).Status.Acknowledged)
		}
	}
	d = opened(t, dir)
	defer func() { _ = d.Close() }()
	report(t, d)
	numbers, reported := f.arrived(t)
	lost, twice := 0, 0
	for _, id := range acked {
		switch reported["ticket/"+id] {
		case 0:
			lost++
		case 1:
		default:
			twice++
		}
	}
	st, err := d.UplinkState(t.Context())
	if err != nil || st.Waiting() != 0 || st.Lost != 0 {
		t.Errorf("in the end: %+v %v", st, err)
	}
	for i := 1; i < len(numbers); i++ { // summaries and the logbook are kept elsewhere, so there are holes
		if numbers[i] <= numbers[i-1] {
			t.Fatalf("event %d comes after %d", numbers[i], numbers[i-1])
		}
	}
	t.Logf("%d kills, %d tickets said yes to, %d events in %d requests: %d lost, %d under two numbers", kills, len(acked), len(numbers), requests.Load(), lost, twice)
	if has := f.row(t).Status.Acknowledged; lost > 0 || twice > 0 || has != st.Last {
		t.Errorf("%d lost, %d twice, %d of %d events", lost, twice, has, st.Last)
	}
}

// arrived gives the numbers of the events that the provider has, in the order in which it took them, and how often each subject came.
func (f *fleet) arrived(t *testing.T) (numbers []uint64, subjects map[string]int) {
	t.Helper()
	subjects = map[string]int{}
	for filter := (central.EventFilter{Site: "site-one", Limit: 10_000}); ; {
		events, err := f.place.store.Events(context.Background(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Type == message.TypeGap {
				t.Errorf("there is a gap: %s", e.Data)
			}
			if e.Seq != 0 {
				numbers = append(numbers, e.Seq)
				subjects[e.Subject]++
			}
		}
		if len(events) < filter.Limit {
			break
		}
		filter.Before = events[len(events)-1].N
	}
	for i, j := 0, len(numbers)-1; i < j; i, j = i+1, j-1 { // they come newest first
		numbers[i], numbers[j] = numbers[j], numbers[i]
	}
	return numbers, subjects
}

// openTickets reports one thing after the other until nobody answers any more, and tells the numbers of those that were said yes to.
func openTickets(base, token string, round int, names chan<- string, ended chan<- struct{}) {
	defer close(ended)
	defer close(names)
	client := &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	for i := range cap(names) {
		body := fmt.Sprintf(`{"text":"ticket %d of round %d","category":"error","impact":"one"}`, i, round)
		req, _ := http.NewRequest(http.MethodPost, base+access.APIPrefix+"/tickets", strings.NewReader(body))
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		res, err := client.Do(req)
		if err != nil {
			return
		}
		answer, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return // it was killed with the answer on its way: nothing was said
		}
		_, rest, ok := strings.Cut(string(answer), `"id":`)
		id, _, _ := strings.Cut(rest, ",")
		if res.StatusCode/100 != 2 || !ok {
			panic(fmt.Sprint("opening a ticket: ", res.Status, " ", string(answer)))
		}
		names <- id
	}
}
