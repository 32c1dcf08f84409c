package daemon

import (
	"strconv"
	"time"

	"siteward/appliance"
	"siteward/appliance/channel"
	"siteward/appliance/notify"
	"siteward/appliance/store"
)

// When a channel counts as failing. It becomes a state like every other, and so an incident that the other channels tell of.
const (
	troubleAfter = 5 * time.Minute
	troubleTries = 3
)

// trouble is a channel that takes nothing.
type trouble struct {
	since time.Time
	tries int
	shown bool // as a state
}

// settleTrouble keeps account of channels that fail. One that has failed for a while becomes a state, and what is critical takes
// the contact's other channels.
func (d *Daemon) settleTrouble(last notify.Waiting, now time.Time, failed error) error {
	w := wayOf(last.Delivery)
	if w.kind == appliance.ChannelMail && !channel.Refused(failed) {
		w = way{kind: appliance.ChannelMail} // all mail goes through one relay
	}
	o := &d.outbox
	o.mu.Lock()
	t, known := o.trouble[w]
	if failed == nil {
		delete(o.trouble, w)
		o.mu.Unlock()
		return d.channelWell(w, last, now)
	}
	if !known {
		t.since = now
	}
	t.tries++
	bad := channel.Refused(failed) || t.tries >= troubleTries && now.Sub(t.since) >= troubleAfter
	fresh := bad && !t.shown
	t.shown = t.shown || bad
	o.trouble[w] = t
	o.mu.Unlock()
	if err := d.standIn(last, now); err != nil {
		return err
	}
	if !fresh || w.contact == 0 && w.address != "" { // somebody without an account: the list of what was told says it
		return nil
	}
	why := appliance.Message{Key: "notice.why_channel", Args: map[string]any{"answer": failed.Error()}, English: "nothing can be told this way: " + failed.Error()}
	return d.expect([]expectation{{Item: channelItem(w), Label: channelLabel(w, last), State: appliance.StateWarning,
		Evidence: appliance.Evidence{Why: why, At: t.since, Source: string(w.kind), Verbatim: failed.Error()}}})
}

// channelWell ends what was said of a failing channel, of a mailbox that takes mail also what was said of the relay.
func (d *Daemon) channelWell(w way, last notify.Waiting, now time.Time) error {
	var list []expectation
	for _, k := range []way{w, wayOf(last.Delivery)} {
		if r, ok := d.stateNow(appliance.StateKey{Item: channelItem(k)}); ok && r.State.Problem() {
			list = append(list, expectation{Item: r.Item, Label: r.Label, State: appliance.StateOK,
				Evidence: appliance.Evidence{At: now, Why: appliance.Message{Key: "notice.why_channel_well", English: "something was told this way"}}})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return d.expect(list)
}

// channelItem is the state of a channel: "channel/mail" of the relay, "channel/3.0" of the first channel of contact 3.
func channelItem(w way) string {
	if w.contact != 0 {
		return "channel/" + w.contact.String() + "." + strconv.Itoa(w.slot)
	}
	return "channel/mail"
}

func channelLabel(w way, last notify.Waiting) string {
	if w.contact == 0 {
		return ""
	}
	return last.Name
}

// standIn tells what is critical through the contact's other channels when one fails, those that are for worse included.
func (d *Daemon) standIn(last notify.Waiting, now time.Time) error {
	if last.Contact == 0 || last.Notice.Severity < appliance.StateCritical {
		return nil
	}
	if d.isOver(last.About.Incident) {
		return nil
	}
	var added []appliance.Delivery
	err := d.store.Update(func(tx *store.Tx) error {
		c, err := tx.Contact(last.Contact)
		if err != nil {
			return nil //nolint:nilerr // removed meanwhile: nobody to tell
		}
		of, err := tx.DeliveriesOf(last.Delivery.Notice)
		if err != nil {
			return err
		}
		added = notify.StandIns(last.Notice, c, of)
		for i := range added {
			added[i].Created = now
			if err := tx.PutDelivery(added[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(added) > 0 {
		d.outbox.add(added)
	}
	return err
}

// isOver says whether an incident is over already.
func (d *Daemon) isOver(incident appliance.ID) bool {
	if incident == 0 {
		return false
	}
	i, err := d.store.Incident(incident)
	return err == nil && !i.Open()
}
