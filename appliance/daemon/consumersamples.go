package daemon

import (
	"context"
	"reflect"
	"slices"
	"time"

	"siteward/appliance"
	"siteward/appliance/metric"
	"siteward/appliance/series"
	"siteward/appliance/store"
	"siteward/appliance/uplink"
	"siteward/probes"
)

// consumer finds one that is not off.
func (d *Daemon) consumer(id appliance.ID) (appliance.Consumer, error) {
	all, err := d.store.Consumers()
	if err != nil {
		return appliance.Consumer{}, err
	}
	i := slices.IndexFunc(all, func(r appliance.Consumer) bool { return r.ID == id && !r.Off })
	if i < 0 {
		return appliance.Consumer{}, appliance.ErrNotFound
	}
	return all[i], nil
}

// sampling makes the sender of a consumer of samples.
func (d *Daemon) sampling(id appliance.ID) *uplink.SampleSender {
	return uplink.NewSamples(uplink.SampleConfig{
		Target: func() (uplink.SampleTarget, error) { return d.sampleTarget(id) },
		Series: func(ctx context.Context) ([]uplink.SampleSeries, error) { return d.sampleSeries(ctx, id) },
		Read:   d.store.Read,
		Edit: func(sent []*appliance.Sent, edit func(*appliance.UplinkState)) error {
			return d.editSamples(id, sent, edit)
		},
		HTTP: d.reportClient(), Log: d.log, Now: d.now, Agent: "Siteward/" + d.about.Version,
	})
}

func (d *Daemon) sampleTarget(id appliance.ID) (uplink.SampleTarget, error) {
	r, err := d.consumer(id)
	if err != nil {
		return uplink.SampleTarget{}, err
	}
	if !sane(d.now()) { // no number would stand where it belongs
		return uplink.SampleTarget{}, appliance.ErrNotFound
	}
	t := uplink.SampleTarget{Enrolment: consumerBase + id, Name: r.Name, URL: r.URL, User: r.User, Since: r.Since}
	if !r.Secret.IsZero() {
		t.Secret, err = probes.Secret(r.Secret, d.secrets)
	}
	return t, err
}

// editSamples notes what left, and changes how far a consumer is, as long as there is one.
func (d *Daemon) editSamples(id appliance.ID, sent []*appliance.Sent, edit func(*appliance.UplinkState)) error {
	return d.store.Update(func(tx *store.Tx) error {
		for _, v := range sent {
			if err := tx.PutSent(v); err != nil {
				return err
			}
		}
		all, err := tx.Consumers()
		if err != nil || !slices.ContainsFunc(all, func(r appliance.Consumer) bool { return r.ID == id }) {
			return err
		}
		st, err := tx.UplinkState(consumerBase + id)
		if err != nil {
			return err
		}
		before, err := tx.UplinkState(consumerBase + id)
		if edit(&st); err != nil || reflect.DeepEqual(before, st) {
			return err
		}
		return tx.PutUplinkState(st)
	})
}

// sampleSeries are the series of all checks that there are, under the names that /metrics has. Of two that would be the same there, the
// first counts.
func (d *Daemon) sampleSeries(ctx context.Context, id appliance.ID) (out []uplink.SampleSeries, err error) {
	r, err := d.consumer(id)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, c := range d.live.allChecks() {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		_, dev, ok := d.live.check(c.ID)
		list, err := d.store.Series(c.ID)
		if err != nil {
			return nil, err
		}
		for _, info := range list {
			name, factor := metric.Name(info.Metric, info.Unit)
			labels := metric.Labels(metric.Label{Name: "__name__", Value: name}, metric.Label{Name: "site", Value: r.Site}, metric.Label{Name: "device", Value: dev.Name},
				metric.Label{Name: "check", Value: c.Name}, metric.Label{Name: "instance", Value: info.Instance}, metric.Label{Name: "label", Value: info.Label})
			if !ok || seen[string(labels)] {
				continue
			}
			seen[string(labels)] = true
			out = append(out, uplink.SampleSeries{ID: info.ID, Step: series.StepSeconds(info.Step), Factor: factor, Labels: labels})
		}
	}
	return out, nil
}

// testSamples sends one number, which says that this site can be heard.
func (d *Daemon) testSamples(ctx context.Context, r appliance.Consumer) (appliance.ConsumerTest, error) {
	t, err := d.sampleTarget(r.ID)
	if err != nil {
		return appliance.ConsumerTest{}, err
	}
	labels := metric.Labels(metric.Label{Name: "__name__", Value: "siteward_test"}, metric.Label{Name: "site", Value: r.Site})
	return d.sampling(r.ID).Try(ctx, t, metric.Append(nil, labels, d.now().Truncate(time.Millisecond).UnixMilli(), 1)), nil
}
