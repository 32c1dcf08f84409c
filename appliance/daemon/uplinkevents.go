package daemon

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"siteward/appliance"
	"siteward/appliance/expect"
	"siteward/appliance/message"
	"siteward/appliance/sla"
	"siteward/appliance/store"
	"siteward/appliance/ticket"
	"siteward/appliance/uplink"
)

// reporter puts what has changed into the outbox, within one step of the store.
type reporter struct {
	d    *Daemon
	tx   *store.Tx
	e    appliance.Enrolment
	st   appliance.UplinkState
	list appliance.UplinkPolicy
	site appliance.Site
	now  time.Time
	sum  *dueSummary // may be nil

	before appliance.UplinkState
}

// reporters are those who are told, in one step.
type reporters []*reporter

// all puts in what there is, and says whether more is left for another step.
func (w reporters) all(tx *store.Tx) (more bool, err error) {
	for _, one := range w {
		if one.st.Seeded {
			continue
		}
		one.st.Seeded = true
		if err := tx.TouchOpen(); err != nil {
			return false, err
		}
	}
	touches, err := tx.Touches(reportAtOnce)
	if err != nil {
		return false, err
	}
	for _, t := range touches {
		for _, one := range w {
			if err := one.touch(t); err != nil {
				return false, err
			}
		}
		if err := tx.Untouch(t); err != nil {
			return false, err
		}
	}
	more = len(touches) == reportAtOnce
	for _, one := range w {
		left, err := one.rest()
		if err != nil {
			return false, err
		}
		more = more || left
	}
	return more, nil
}

// rest puts in what each is told by his own position: the logbook, a summary, and what has become too old or too much.
func (w *reporter) rest() (more bool, err error) {
	entries, err := w.logbook()
	if err != nil {
		return false, err
	}
	if w.sum != nil {
		w.sum.Outbox.Last = w.st.Last + 1
		if err := w.add(&w.sum.Summary, "", w.sum.At); err != nil {
			return false, err
		}
		w.st.Summary, w.st.State, w.st.Shown, w.st.Extra = w.sum.At, w.sum.State, w.sum.Shown(), w.sum.extra
	}
	tidy, err := uplink.Tidy(w.tx, &w.st, w.e.Site, uplink.DefaultLimits, w.now)
	return tidy || entries, err
}

func (w *reporter) add(v message.Data, subject string, at time.Time) error {
	return uplink.Append(w.tx, &w.st, w.e.Site, v, subject, at)
}

// touch tells how a record stands that has changed. One that is gone is told no more.
func (w *reporter) touch(t store.Touch) error {
	if !w.list.Leaves(t.Kind) || t.Kind == "offer" && w.e.ID > consumerBase { // what became of an offer is for who made it
		return nil
	}
	var v message.Data
	var err error
	subject := t.Kind + "/" + t.ID.String()
	switch t.Kind {
	case "incident":
		v, err = w.incident(t.ID)
	case "ticket":
		v, err = w.ticket(t.ID)
	case "window":
		v, err = w.window(t.ID)
	case "round":
		v, err = w.round(t.ID)
	case "backup":
		if t.Absent != nil {
			v, subject = w.absent(t.ID, t.Absent), subject+"/none"
		} else {
			v, err = w.backup(t.ID)
		}
	case "offer":
		v, subject, err = w.offer(t.ID)
	case "outage":
		if t.Outage != nil {
			v, subject = w.outage(t.Outage), subject+"/"+t.Outage.Start.UTC().Format("20060102T150405Z")
		}
	case "inventory":
		if t.Event != nil {
			v, subject = w.inventory(t.Event), "device/"+t.Event.Device.String()
		}
	}
	if errors.Is(err, appliance.ErrNotFound) || err == nil && v == nil {
		return nil
	}
	if err != nil {
		return err
	}
	return w.add(v, subject, w.now)
}

func (w *reporter) incident(id appliance.ID) (message.Data, error) {
	i, err := w.tx.Incident(id)
	if err != nil {
		return nil, err
	}
	v := &message.Incident{ID: i.ID, Kind: i.Kind, Title: short(i.Title().English, 300), Words: message.WordsOf(i.Title()), State: i.State, Worst: i.Worst, Opened: i.Opened, Closed: i.Closed,
		Device: i.Device, Name: i.Name, Behind: len(i.Behind)}
	if i.Acked(w.now) {
		v.Acked = i.Ack.By
	}
	return v, nil
}

func (w *reporter) ticket(id appliance.ID) (message.Data, error) {
	t, err := w.tx.Ticket(id)
	if err != nil {
		return nil, err
	}
	v := &message.Ticket{ID: t.ID, Category: t.Category, Priority: t.Priority, Status: t.Status, Opened: t.Opened, Closed: t.Closed, Minutes: t.Minutes()}
	v.Title, v.Words = titled(&t, w.list, 200)
	for _, c := range ticket.Read(t, w.site, w.now, false) {
		if c.Status == string(sla.Breached) {
			v.Breached = append(v.Breached, c.Kind)
		} else if !c.Due.IsZero() && c.Stop.IsZero() && (v.Due.IsZero() || c.Due.Before(v.Due)) {
			v.Due = c.Due
		}
		told := message.TicketClock{Kind: c.Kind, Target: c.Target, Stopped: c.Stop}
		if !c.Stop.IsZero() { // while it runs each minute would be news
			told.Used = c.Used
		}
		v.Clocks = append(v.Clocks, told)
	}
	return v, nil
}

func (w *reporter) window(id appliance.ID) (message.Data, error) {
	x, err := w.tx.Window(id)
	if err != nil || x.State == appliance.WindowDraft {
		return nil, err
	}
	v := &message.Window{ID: x.ID, State: "planned", From: x.From, To: x.Until}
	switch x.State { //nolint:exhaustive // the others are planned
	case appliance.WindowRunning, appliance.WindowDone, appliance.WindowCancelled:
		v.State = string(x.State)
	}
	if !x.Last.IsZero() && x.Last.After(x.From) {
		v.From, v.To = x.Last, x.Last.Add(x.Until.Sub(x.From))
	}
	if w.list.Texts {
		v.Title = short(x.Title, 200)
	}
	return v, nil
}

func (w *reporter) round(id appliance.ID) (message.Data, error) {
	r, err := w.tx.Round(id)
	if err != nil || r.Open() {
		return nil, err
	}
	v := &message.Round{Day: r.Day, State: "signed", Signed: r.Signed, By: r.By}
	if r.Missed && r.Signed.IsZero() {
		v.State = "missed"
	}
	for _, p := range r.Points {
		if p.Judgement == appliance.RoundConspicuous {
			v.Open++
		}
	}
	return v, nil
}

// titled is the title of a ticket as it leaves: what a person wrote only with the site's consent.
func titled(t *appliance.Ticket, list appliance.UplinkPolicy, most int) (string, *message.Words) {
	switch {
	case t.Recurs != "" && t.Title == ticket.Recurring(t.Recurs).Title:
		return t.Title, message.WordsOf(appliance.Message{Key: "ticket.recurs_" + t.Recurs})
	case list.Texts:
		return short(t.Title, most), nil
	}
	return "", nil
}

// backup tells how a run ended. The job that it is of may not be known yet.
func (w *reporter) backup(id appliance.ID) (message.Data, error) {
	r, err := w.tx.Run(id)
	if err != nil || !r.Final() || r.Kind != appliance.RunBackup {
		return nil, err
	}
	jobs, err := w.tx.BackupJobs()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(jobs, func(j appliance.BackupJob) bool { return j.Has(r.Origin()) })
	if i < 0 || jobs[i].Status == appliance.JobIgnored {
		return nil, nil //nolint:nilnil // nothing to tell
	}
	v := &message.Backup{Job: jobs[i].ID, Name: jobs[i].Name, Run: r.ID, Verdict: string(r.Status), Began: r.Started, Ended: r.Finished}
	if r.Bytes != nil {
		v.Bytes = *r.Bytes
	}
	if r.Files != nil {
		v.Files = *r.Files
	}
	if r.Status != appliance.RunSuccess {
		why := w.d.whyOf(jobs[i].ID, &r)
		v.Why, v.Words = short(why.English, 300), message.WordsOf(why)
	}
	return v, nil
}

// absent tells that a run did not come by its deadline.
func (w *reporter) absent(job appliance.ID, s *appliance.StateRecord) message.Data {
	if job == 0 {
		return nil
	}
	return &message.Backup{Job: job, Name: s.Label, Verdict: "none", Ended: s.Evidence.At, Why: short(s.Evidence.Why.English, 300), Words: message.WordsOf(s.Evidence.Why)}
}

// whyOf is why a run was no success: as its job stands, when that is judged by this run, else by the run alone. The line of its log
// stays here.
func (d *Daemon) whyOf(job appliance.ID, r *appliance.Run) appliance.Message {
	item := "backup/" + job.String()
	for _, s := range d.live.statesOf(0) {
		if s.Item == item && s.State.Problem() && s.Evidence.At.Equal(r.At()) {
			return s.Evidence.Why
		}
	}
	return expect.Ended(r)
}

func (w *reporter) outage(o *appliance.UPSOutage) message.Data {
	if o.Device == 0 || o.Kind != appliance.UPSOutageReal {
		return nil
	}
	v := &message.Outage{Device: o.Device, Name: w.name(o.Device), Began: o.Start, Ended: o.End}
	if o.LowestCharge != nil {
		v.Charge = int(*o.LowestCharge)
	}
	if !o.End.IsZero() {
		v.Minutes = int(o.End.Sub(o.Start) / time.Minute)
	}
	return v
}

func (w *reporter) inventory(e *appliance.Event) message.Data {
	return &message.Inventory{Device: e.Device, Name: w.name(e.Device), What: short(e.Message.English, 300), Words: message.WordsOf(e.Message)}
}

// offer tells what became of an offer of this provider; what another one had offered is not this one's business.
func (w *reporter) offer(id appliance.ID) (message.Data, string, error) {
	o, err := w.tx.Offer(id)
	if err != nil || o.Enrolment != w.e.ID {
		return nil, "", err
	}
	v := &message.Offer{Number: o.N, Kind: o.Kind, Name: o.Name, State: string(o.State), Decided: o.Decided, By: o.By, Reason: short(o.Reason, 200)}
	if o.Said != nil {
		v.Words = message.WordsOf(*o.Said)
	}
	return v, "offer/" + strconv.FormatUint(o.N, 10), nil
}

func (w *reporter) name(id appliance.ID) string {
	v, _ := w.d.live.device(id)
	return v.Name
}

// logbook puts in the entries that were written since, and the checkpoint behind them.
func (w *reporter) logbook() (more bool, err error) {
	if !w.list.Leaves("logbook") {
		return false, nil
	}
	n := 0
	bad := error(nil)
	err = w.tx.LogbookAfter(w.st.Logbook, func(seq uint64, record, signature []byte) bool {
		if n++; n > reportAtOnce {
			more = true
			return false
		}
		bad = w.add(&message.LogbookEntry{Seq: seq, Record: string(record), Signature: signature}, "", w.now)
		w.st.Logbook = seq
		return bad == nil
	})
	if err = errors.Join(err, bad); err != nil || n == 0 || more {
		return more, err
	}
	note, keys, err := w.tx.LogbookHead()
	if err != nil || note == "" {
		return false, err
	}
	return false, w.add(&message.Checkpoint{Note: note, Keys: keys}, "", w.now)
}

// short cuts a text at a whole letter.
func short(s string, most int) string {
	r := []rune(s)
	return string(r[:min(len(r), most)])
}
