package daemon

import (
	"context"
	"encoding/json"
	"time"

	"siteward/appliance"
	"siteward/appliance/notify"
	"siteward/appliance/store"
)

// dailyKey is where the store keeps when each contact had the last summary.
const dailyKey = "notify.daily"

// tellDaily puts the summaries that are due into the queue. Each and the note that it was told are one step.
func (d *Daemon) tellDaily(context.Context) error {
	now := d.now().In(d.location())
	if !sane(now) {
		return nil
	}
	contacts, err := d.store.Contacts()
	if err != nil {
		return err
	}
	last := map[appliance.ID]time.Time{}
	if b, err := d.store.Meta(dailyKey); err == nil && len(b) > 0 {
		if err := json.Unmarshal(b, &last); err != nil {
			d.log.Warn("when summaries were told cannot be read; they are told anew", "err", err)
		}
	}
	for _, c := range contacts {
		before, known := last[c.ID]
		day := ""
		if known {
			day = before.In(now.Location()).Format(time.DateOnly)
		}
		if !notify.DailyDue(c, day, now) {
			continue
		}
		if !known || now.Sub(before) > 7*24*time.Hour {
			before = now.AddDate(0, 0, -1)
		}
		lines, err := d.dailyLines(before, now)
		if err != nil {
			return err
		}
		last[c.ID] = now
		n := appliance.Notice{At: now, Kind: appliance.NoticeDaily, AtOnce: true, To: []appliance.Recipient{{Contact: c.ID}}, Lines: lines, Link: "/incidents",
			Title: appliance.Message{Key: "notice.daily", Args: map[string]any{"day": now.Format(time.DateOnly)}, English: "summary of " + now.Format(time.DateOnly)}}
		noted, err := json.Marshal(last)
		if err != nil {
			return err
		}
		err = d.store.Update(func(tx *store.Tx) error {
			if err := tx.PutMeta(dailyKey, noted); err != nil {
				return err
			}
			return d.tellIn(tx, &n)
		})
		if err != nil {
			return err
		}
		d.told()
	}
	return nil
}

func (d *Daemon) dailyLines(since, now time.Time) ([]appliance.Message, error) {
	const look = 5000
	seen := 0
	var list []appliance.Incident
	err := d.store.EachIncident(0, func(i appliance.Incident) bool {
		seen++
		if i.Open() || !i.Closed.Before(since) {
			list = append(list, i)
		}
		return seen < look
	})
	return notify.Daily(list, since, now), err
}
