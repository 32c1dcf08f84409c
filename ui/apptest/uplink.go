package apptest

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/appliance/metric"
)

// UplinkState is how far the reports are.
func (a *App) UplinkState(ctx context.Context) (appliance.UplinkState, error) {
	e, err := a.Provider(ctx)
	if err != nil {
		return appliance.UplinkState{}, err
	}
	a.mu.Lock()
	st := a.uplinkState
	a.mu.Unlock()
	if st != nil {
		return *st, nil
	}
	return appliance.UplinkState{Enrolment: e.ID, Outbox: e.Outbox, Last: 812, Acked: 812, Offered: 812, Good: a.Now()}, nil
}

// SetUplinkState changes how far the reports are.
func (a *App) SetUplinkState(st appliance.UplinkState) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.uplinkState = &st
}

// UplinkPolicy is the list of what leaves.
func (a *App) UplinkPolicy(context.Context) (appliance.UplinkPolicy, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.leaves, nil
}

// SaveUplinkPolicy changes it.
func (a *App) SaveUplinkPolicy(_ context.Context, _ appliance.Actor, p appliance.UplinkPolicy) error {
	return a.change("what leaves, without "+strings.Join(p.Off, ", "), appliance.Change{Config: true}, func() error {
		if p.Version != a.leaves.Version {
			return appliance.Errorf(appliance.CodeConflict, "the list of what leaves was changed by somebody else meanwhile")
		}
		p.Version++
		a.leaves = p
		return nil
	})
}

// Report connects the sample site, whose deliveries of the last night are three: one that was taken, one that was not at first, and
// one of the state before it.
func (a *App) Report() {
	a.mu.Lock()
	defer a.mu.Unlock()
	e := appliance.Enrolment{ID: 1, URL: ProviderURL, Provider: "Weber IT", Site: "s-muster", SiteName: "Muster GmbH", Key: providerKey(), Central: providerKey(),
		Outbox: "o-1", State: appliance.EnrolmentActive, Since: Present.AddDate(0, -3, 0), By: "a.lindner"}
	a.enrolments = append(a.enrolments, e)
	night := Present.Add(-7 * time.Hour)
	record := `{"seq":41,"at":"2026-11-19T22:00:00Z","written":"2026-11-19T22:00:00Z","party":"","by":"siteward","kind":"note","text":"Kabel im Keller beschriftet"}`
	a.Sent = []appliance.Sent{
		delivery(1, night, 805, &message.Summary{At: night, State: appliance.StateWarning, Worst: "nas-1: 91 % of the volume are used", Devices: []message.SummaryDevice{
			{ID: 1, Name: "sw-core", State: appliance.StateOK}, {ID: 2, Name: "nas-1", State: appliance.StateWarning, Why: "91 % used"}},
			Tickets: message.SummaryTickets{Open: 2}, Backups: []message.SummaryJob{{ID: 1, Name: "Fileserver", Verdict: "success"}}, UPS: []message.SummaryUPS{{ID: 3, Name: "usv-1", Charge: 100}},
			Round: &message.SummaryRound{Day: "2026-11-19", State: "signed"}, Contract: &message.SummaryContract{Left: 300, Of: 480}, Withheld: []string{"incident"},
			Next: &message.SummaryWindow{ID: 2, From: night.AddDate(0, 0, 3), To: night.AddDate(0, 0, 3).Add(time.Hour)}}),
		delivery(2, night.Add(2*time.Hour), 806, &message.Backup{Job: 1, Name: "Fileserver", Run: 9, Verdict: "success", Ended: night.Add(2 * time.Hour), Bytes: 512 << 30},
			&message.Incident{ID: 4, Title: "nas-1: 91 % of the volume are used", State: appliance.StateWarning, Opened: night},
			&message.Incident{ID: 3, Title: "usv-1 \u202e<b>", Opened: night, Closed: night.Add(time.Hour)}, &message.Ticket{ID: 4, Status: appliance.TicketWorking},
			&message.Window{ID: 2, State: "planned", From: night, To: night.Add(time.Hour)}, &message.Round{Day: "2026-11-19", State: "signed", By: "k.empfang"}, &message.Round{Day: "2026-11-18", State: "missed"},
			&message.Outage{Device: 3, Name: "usv-1", Began: night, Ended: night.Add(20 * time.Minute)}, &message.Outage{Device: 3, Name: "usv-1", Began: night},
			&message.Inventory{Device: 2, Name: "nas-1", What: "firmware 7.1 \u2192 7.2"}, &message.LogbookEntry{Seq: 41, Record: record, Signature: make([]byte, 68)},
			&message.Checkpoint{Note: "siteward\n41\n", Keys: []appliance.LogbookKey{{}}}, &message.Stopping{Reason: "update"}, &message.Gap{From: 700, To: 702, Why: message.Withheld}),
		delivery(3, Present.Add(-6*time.Minute), 820, &message.Summary{At: Present.Add(-6 * time.Minute), State: appliance.StateOK}),
	}
	last := &a.Sent[2]
	last.Status, last.Code, last.Why = 0, "unreachable", "dial tcp 192.0.2.80:443: connect: connection refused"
}

// ReportNumbers adds what left to an engine: a delivery that was taken, one that was not, and the line of an hour before them.
func (a *App) ReportNumbers() {
	a.mu.Lock()
	defer a.mu.Unlock()
	at := Present.Add(-9 * time.Minute).Truncate(5 * time.Minute)
	var request []byte
	for i := range 120 {
		labels := []metric.Label{{Name: "__name__", Value: "siteward_if_in_bytes_per_second"}, {Name: "site", Value: "muster"}, {Name: "device", Value: "sw-core \u202e<b>"}, {Name: "check", Value: "snmp"},
			{Name: "instance", Value: strconv.Itoa(i + 1)}, {Name: "label", Value: "GigabitEthernet1/0/" + strconv.Itoa(i+1)}}
		request = metric.Append(request, metric.Labels(labels...), at.UnixMilli(), 1250.5+float64(i))
	}
	body := metric.Pack(request)
	v := appliance.Sent{ID: 4, Kind: appliance.ConsumerSamples, Enrolment: 9, To: "metrics", URL: "https://metrics.example.org/api/v1/write", Encoding: metric.ContentEncoding, At: Present.Add(-3 * time.Hour),
		Until: Present.Add(-2*time.Hour - 5*time.Minute), Folded: 60, Samples: 7200, Bytes: 240_000, Refused: 2, Code: "unreachable", Why: "dial tcp 192.0.2.80:443: connect: connection refused"}
	a.Sent = append(a.Sent, v)
	v.ID, v.At, v.Until, v.Folded, v.Refused, v.Samples, v.Bytes, v.Body, v.Tries = 5, at.Add(20*time.Second), time.Time{}, 0, 0, 120, len(body), body, 1
	v.Headers = []string{"content-type: " + metric.ContentType, "authorization: Basic (a secret, which is not kept here)"}
	a.Sent = append(a.Sent, v)
	v.ID, v.At, v.Status, v.Code, v.Why = 6, at.Add(50*time.Second), 204, "", ""
	a.Sent = append(a.Sent, v)
}

func delivery(id appliance.ID, at time.Time, first uint64, data ...message.Data) appliance.Sent {
	v := appliance.Sent{ID: id, Enrolment: 1, At: at, To: "Weber IT", URL: ProviderURL + "/ingest/v1/s-muster", Message: "o-1-" + strconv.FormatUint(first, 10), Encoding: message.Zstd,
		Headers: []string{"webhook-id: o-1-" + strconv.FormatUint(first, 10)}, Events: len(data), First: first, Last: first + uint64(len(data)) - 1, Tries: 1, Status: 200, Kinds: map[string]int{}}
	var events []message.Event
	for i, d := range data {
		e, err := message.New("s-muster", d, "", at)
		if err != nil {
			panic(err) // the sample is wrong
		}
		e.Sequence, e.Outbox, e.ID = first+uint64(i), "o-1", "o-1-"+strconv.FormatUint(first+uint64(i), 10) //nolint:gosec // an index
		events = append(events, e)
		v.Kinds[message.Kind(e.Type)]++
	}
	body, err := message.Encode(events, message.Zstd)
	if err != nil {
		panic(err)
	}
	v.Body, v.Bytes = body, len(body)
	return v
}

// SentReports lists deliveries, newest first.
func (a *App) SentReports(_ context.Context, f appliance.SentFilter) (out []appliance.Sent, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, v := range slices.Backward(a.Sent) {
		if (f.Before == 0 || v.ID < f.Before) && f.Wants(&v) && len(out) < f.Limit {
			v.Body = nil
			out = append(out, v)
		}
	}
	return out, nil
}

// SentReport is one delivery.
func (a *App) SentReport(_ context.Context, id appliance.ID) (appliance.Sent, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, v := range a.Sent {
		if v.ID == id {
			return v, nil
		}
	}
	return appliance.Sent{}, appliance.ErrNotFound
}
