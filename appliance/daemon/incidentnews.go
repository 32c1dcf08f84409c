package daemon

import (
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/notify"
	"siteward/appliance/sla"
)

// story is an incident with what is to be told of it.
type story struct {
	appliance.Incident
	dirty bool
	news  []notify.News
}

// newsOf asks for each incident what is to be told, and gives those that are not as they were.
func (d *Daemon) newsOf(now time.Time, known []story, fresh []appliance.Incident) ([]story, error) {
	if len(known)+len(fresh) == 0 {
		return nil, nil
	}
	for _, i := range fresh {
		known = append(known, story{Incident: i, dirty: true})
	}
	routes, err := d.store.Routes()
	if err != nil {
		return nil, err
	}
	contacts, err := d.store.Contacts()
	if err != nil {
		return nil, err
	}
	kinds := map[appliance.ID]appliance.Kind{}
	for _, dev := range d.live.allDevices() {
		kinds[dev.ID] = dev.Kind
	}
	site, _ := d.store.Site() //nolint:errcheck // before set-up the zone is UTC
	open := func(r appliance.Route) bool { return hoursOpen(r.Hours, site, now) }
	var out []story
	for _, j := range known {
		before := j.Telling
		after, news := notify.Plan(notify.Case{Incident: j.Incident, Routes: routes, Contacts: contacts, Kinds: kinds, Now: now, Open: open})
		if !j.dirty && len(news) == 0 && sameTelling(before, after.Telling) && j.Snooze == after.Snooze {
			continue
		}
		out = append(out, story{Incident: after, news: news})
	}
	return out, nil
}

func sameTelling(a, b appliance.Telling) bool {
	return a.Over == b.Over && a.Severity == b.Severity && a.Relapse == b.Relapse && a.Unsteady == b.Unsteady && len(a.Contacts) == len(b.Contacts) && sameRoutes(a, b)
}

func sameRoutes(a, b appliance.Telling) bool {
	if len(a.Routes) != len(b.Routes) {
		return false
	}
	for id, s := range a.Routes {
		if s != b.Routes[id] {
			return false
		}
	}
	return true
}

// hoursOpen says whether hours hold at now. None are always.
func hoursOpen(h *appliance.ServiceHours, site appliance.Site, now time.Time) bool {
	if h == nil {
		return true
	}
	hours, err := sla.HoursOf(*h, site)
	return err != nil || hours.Open(now) // hours that cannot be read keep nothing back
}

// incidentNotice puts news into words.
func (d *Daemon) incidentNotice(i appliance.Incident, n notify.News) appliance.Notice {
	notice := appliance.Notice{At: d.now(), Kind: appliance.NoticeIncident, Severity: i.State, Thread: "incident-" + i.ID.String(),
		About: appliance.NoticeAbout{Incident: i.ID, Device: i.Device}, Link: "/incidents/" + i.ID.String()}
	if n.What == notify.Over {
		notice.Severity = i.Worst // who was woken for it may sleep again
	}
	name := i.Title()
	notice.Title = appliance.Message{Key: "notice.title_" + string(n.What), Args: map[string]any{"title": name, "state": "state." + i.State.String()}, English: string(n.What) + ": " + name.English}
	for _, id := range n.Contacts {
		notice.To = append(notice.To, appliance.Recipient{Contact: id})
	}
	notice.Lines = d.incidentLines(i, n.What)
	return notice
}

func (d *Daemon) incidentLines(i appliance.Incident, what notify.What) (lines []appliance.Message) {
	say := func(key, english string, args map[string]any) {
		lines = append(lines, appliance.Message{Key: "notice." + key, Args: args, English: english})
	}
	now := d.now()
	switch what {
	case notify.Over:
		say("lasted", "it lasted from … to …", map[string]any{"from": i.Opened, "to": i.Ended(), "for": i.Lasted(now).Round(time.Second).Seconds(), "unit": "s"})
	case notify.Unsteady:
		say("unsteady", "it comes and goes; you are told when that ends", map[string]any{"n": i.Relapses})
	case notify.Escalated, notify.Reminder:
		say("still", "nobody has taken care yet", map[string]any{"from": i.Opened})
	default:
		say("since", "since", map[string]any{"from": i.Opened})
	}
	const most = 12
	for k, c := range i.Causes {
		if k == most {
			say("more_causes", "and more", map[string]any{"n": len(i.Causes) - most})
			break
		}
		if len(i.Causes) > 1 && c.Evidence != nil {
			say("cause", c.Name+": "+c.Evidence.Why.English, map[string]any{"name": strings.TrimSpace(c.Name + " " + c.Label), "why": c.Evidence.Why})
		}
	}
	if n := len(i.Behind); n > 0 {
		say("behind", "devices cannot be reached because of it", map[string]any{"n": n})
	}
	if dev, ok := d.live.device(i.Device); ok && dev.Purpose != "" {
		say("purpose", dev.Purpose, map[string]any{"purpose": dev.Purpose})
	}
	if i.Acked(now) && what != notify.Over {
		say("acked", i.Ack.By+" takes care", map[string]any{"by": i.Ack.By, "reason": i.Ack.Reason})
	}
	if what == notify.Escalated {
		if s, err := d.store.Site(); err == nil && s.Hotline != "" {
			say("hotline", "call the hotline: "+s.Hotline, map[string]any{"phone": s.Hotline})
		}
	}
	return lines
}
