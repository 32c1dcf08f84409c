package store

import (
	"bytes"
	"testing"
	"time"

	"siteward/appliance"
)

// numbersSent is a delivery of measured values to a consumer.
func numbersSent(consumer appliance.ID, at time.Time, size, samples int) *appliance.Sent {
	body := make([]byte, size)
	r := rng(uint64(at.Unix()) + uint64(consumer)) //nolint:gosec // a seed
	for i := range body {
		body[i] = byte(r.next())
	}
	return &appliance.Sent{Kind: appliance.ConsumerSamples, Enrolment: consumer, To: "metrics", URL: "https://metrics.example.org", At: at, Encoding: "snappy", Body: body, Samples: samples, Status: 204, Tries: 1}
}

// TestMeasuredValuesThatLeftAreKeptForADay: of 30 hours the bytes of the last 24 are there, before them each hour and consumer has a line whose
// counts are those of what it stands for, and the reports between them stay.
func TestMeasuredValuesThatLeftAreKeptForADay(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	defer s.Close()
	reports, numbers, size, refused := 0, 0, 0, 0
	bodies := map[appliance.ID][]byte{}
	for i := range 30 { // an hour
		_, err := s.commit(func(tx *Tx) error {
			reports++
			if err := tx.PutSent(&appliance.Sent{At: noon.Add(time.Duration(i) * time.Hour), Body: []byte("{}"), Status: 200}); err != nil {
				return err
			}
			for k := range 4 {
				for consumer := appliance.ID(1); consumer <= 2; consumer++ {
					v := numbersSent(consumer, noon.Add(time.Duration(i*60+k*15)*time.Minute), 100+i, 40)
					if i == 2 && k == 1 {
						v.Status, v.Code, v.Why = 0, "unreachable", "refused"
						refused++
					}
					numbers, size = numbers+40, size+len(v.Body)
					if err := tx.PutSent(v); err != nil {
						return err
					}
					bodies[v.ID] = v.Body
				}
			}
			return nil
		})
		must(t, err)
	}
	last := noon.Add(30*time.Hour - 15*time.Minute)
	all, err := s.Sent(appliance.SentFilter{Limit: 5000})
	must(t, err)
	lines, whole := 0, 0
	for i, v := range all {
		if i > 0 && v.ID >= all[i-1].ID {
			t.Fatalf("%d stands behind %d", v.ID, all[i-1].ID)
		}
		one, err := s.SentOne(v.ID)
		must(t, err)
		switch {
		case v.KindOf() == appliance.ConsumerReports:
			reports--
			if len(one.Body) != 2 || one.Nth == 0 {
				t.Errorf("%+v", one)
			}
			continue
		case v.Folded == 0:
			whole++
			if !bytes.Equal(one.Body, bodies[v.ID]) || last.Sub(v.At) >= 24*time.Hour || v.Bytes != len(one.Body) {
				t.Errorf("%d of %s has %d bytes", v.ID, v.At, len(one.Body))
			}
		default:
			lines++
			if one.Body != nil || v.Until.Sub(v.At) != time.Duration(v.Folded-1)*15*time.Minute || v.Until.Truncate(time.Hour) != v.At.Truncate(time.Hour) || v.Taken() != (v.Refused == 0) || last.Sub(v.Until) < 24*time.Hour {
				t.Errorf("%+v", v)
			}
			refused -= v.Refused
		}
		numbers, size = numbers-v.Samples, size-v.Bytes
	}
	if reports != 0 || numbers != 0 || size != 0 || refused != 0 || whole != 24*4*2 || lines != 7*2 {
		t.Errorf("%d reports, %d numbers, %d bytes and %d refusals are missing; %d deliveries and %d lines", reports, numbers, size, refused, whole, lines)
	}
	if _, err := s.SentOne(all[0].ID + 1); appliance.CodeOf(err) != appliance.CodeNotFound {
		t.Errorf("one that is not there: %v", err)
	}
	var paged []appliance.Sent
	for f := (appliance.SentFilter{Limit: 100}); ; f.Before = paged[len(paged)-1].ID {
		page, err := s.Sent(f)
		must(t, err)
		if len(page) == 0 {
			break
		}
		paged = append(paged, page...)
	}
	if len(paged) != len(all) || paged[len(all)-1].ID != all[len(all)-1].ID {
		t.Errorf("%d on pages of %d", len(paged), len(all))
	}
	if only, err := s.Sent(appliance.SentFilter{Limit: 5000, Kind: appliance.ConsumerReports}); err != nil || len(only) != 30 {
		t.Errorf("%d reports, %v", len(only), err)
	}
	must(t, s.Update(func(tx *Tx) error { // a month later
		for i := range 200 {
			if err := tx.PutSent(numbersSent(1, noon.AddDate(0, 0, 40).Add(time.Duration(i)*time.Second), 10, 1)); err != nil {
				return err
			}
		}
		return nil
	}))
	for range 60 { // lines that were made in one step go in the next
		_, err := s.commit(func(tx *Tx) error { return tx.PutSent(numbersSent(1, noon.AddDate(0, 0, 40).Add(time.Hour), 10, 1)) })
		must(t, err)
	}
	if old, err := s.Sent(appliance.SentFilter{Limit: 5000, Kind: appliance.ConsumerSamples}); err != nil || len(old) != 260 {
		t.Errorf("%d after a month, %v", len(old), err)
	}
}

// TestMeasuredValuesThatLeftHaveARoomOfTheirOwn: what is too much for it loses its bytes before a day is over, and no report goes.
func TestMeasuredValuesThatLeftHaveARoomOfTheirOwn(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	defer s.Close()
	must(t, s.Update(func(tx *Tx) error { return tx.PutSent(&appliance.Sent{At: noon, Body: []byte("{}"), Status: 200}) }))
	const each, count = 1000, 140
	s.samplesFor.bytes = 60 * each
	for i := range count {
		_, err := s.commit(func(tx *Tx) error { return tx.PutSent(numbersSent(1, noon.Add(time.Duration(i)*time.Minute), each, 7)) })
		must(t, err)
	}
	all, err := s.Sent(appliance.SentFilter{Limit: 5000})
	must(t, err)
	bytes, samples := 0, 0
	for _, v := range all {
		if samples += v.Samples; v.Folded == 0 && v.KindOf() == appliance.ConsumerSamples {
			bytes += v.Bytes
		}
	}
	if bytes > 61*each || bytes < 59*each || samples != 7*count || all[len(all)-1].ID != 1 {
		t.Errorf("%d bytes, %d numbers, %d rows", bytes, samples, len(all))
	}
}

// TestSentBeforeMeasuredValues: what an older release kept has no place in the row of its own; its number is that.
func TestSentBeforeMeasuredValues(t *testing.T) {
	s := mustOpen(t, t.TempDir(), at(noon))
	defer s.Close()
	must(t, s.Update(func(tx *Tx) error {
		for range 7 {
			if _, err := tx.nextID(nounSent); err != nil {
				return err
			}
		}
		return tx.setJSON(keyNoun(nounSent, 7), appliance.Sent{ID: 7, At: noon, Sum: 700})
	}))
	v := appliance.Sent{At: noon.Add(time.Minute), Body: []byte("12345")}
	must(t, s.Update(func(tx *Tx) error { return tx.PutSent(&v) }))
	if v.ID != 8 || v.Nth != 8 || v.Sum != 705 {
		t.Errorf("%+v", v)
	}
	must(t, s.Update(func(tx *Tx) error { return tx.set(keyNoun(nounSent, 8), []byte("damaged")) }))
	must(t, s.Update(func(tx *Tx) error { return tx.PutSent(&appliance.Sent{At: noon}) }))
	if list, err := s.Sent(appliance.SentFilter{Limit: 10}); err != nil || len(list) != 2 || list[0].ID != 9 {
		t.Errorf("%+v %v", list, err)
	}
}

// BenchmarkSentADay keeps a day of what a heavy site hands on, 5,000 numbers each five minutes in ten requests of 10.5 kB, after two days that fill
// the room: bytes written to the disk a day, and the time of a request.
func BenchmarkSentADay(b *testing.B) {
	s := mustOpen(b, b.TempDir(), at(noon))
	defer s.Close()
	now := noon
	day := func() {
		for range 288 * 10 {
			now = now.Add(30 * time.Second)
			_, err := s.commit(func(tx *Tx) error { return tx.PutSent(numbersSent(1, now, 10_500, 500)) })
			must(b, err)
		}
		must(b, s.flatten())
	}
	day()
	day()
	w0 := written()
	for b.Loop() {
		day()
	}
	b.ReportMetric((written()-w0)/float64(b.N)/(1<<20), "written-MiB/day")
	b.ReportMetric(float64(diskUsage(s.dbDir()))/(1<<20), "disk-MiB")
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/2880, "us/request")
}
