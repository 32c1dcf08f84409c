package web

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
	"siteward/appliance/message"
	"siteward/ui"
)

// table is one file of a month that spreadsheets and billing systems read. Heads are only ever added, at the end.
type table struct {
	name  string
	heads []string
	rows  [][]string
}

// tables are what a month contained, a noun each. One of which nothing was told has no file.
func (m *month) tables(now time.Time) []table {
	id := func(v appliance.ID) string {
		if v == 0 {
			return ""
		}
		return v.String()
	}
	out := []table{
		{"incidents", []string{"incident", "kind", "title", "device", "name", "worst", "opened", "closed", "minutes", "taken_by"}, nil},
		{"devices", []string{"device", "name", "incidents", "minutes_with_incident"}, nil},
		{"tickets", []string{"ticket", "title", "category", "priority", "status", "opened", "closed", "minutes_of_work_so_far", "clocks_missed", "next_clock",
			"confirmed", "confirm_minutes", "responded", "respond_minutes", "restored", "restore_minutes"}, nil},
		{"windows", []string{"window", "title", "state", "from", "to"}, nil},
		{"backups", []string{"job", "name", "verdict", "began", "ended", "bytes", "files", "why"}, nil},
		{"rounds", []string{"day", "state", "signed", "by", "open_points"}, nil},
		{"outages", []string{"device", "name", "began", "ended", "minutes", "least_charge_percent"}, nil},
		{"inventory", []string{"device", "name", "what"}, nil},
		{"logbook", []string{"entry", "at", "by", "party", "kind", "subject", "text", "minutes", "ticket"}, nil},
	}
	add := func(name string, cells ...string) {
		i := slices.IndexFunc(out, func(t table) bool { return t.name == name })
		out[i].rows = append(out[i].rows, cells)
	}
	for _, v := range last[message.Incident](m, message.TypeIncident) {
		minutes := ""
		if !v.Closed.IsZero() {
			minutes = strconv.Itoa(int(v.Closed.Sub(v.Opened).Minutes()))
		}
		add("incidents", id(v.ID), csvText(string(v.Kind)), csvText(v.Title), id(v.Device), csvText(v.Name), max(v.Worst, v.State).String(), stamp(v.Opened), stamp(v.Closed), minutes, csvText(v.Acked))
	}
	for _, v := range m.troubles(now) {
		add("devices", id(v.device), csvText(v.name), strconv.Itoa(v.incidents), strconv.Itoa(int(v.time.Minutes())))
	}
	for _, v := range last[message.Ticket](m, message.TypeTicket) {
		var missed []string
		for _, k := range v.Breached {
			missed = append(missed, csvText(string(k)))
		}
		cells := []string{id(v.ID), csvText(v.Title), csvText(string(v.Category)), strconv.Itoa(int(v.Priority)), csvText(string(v.Status)), stamp(v.Opened), stamp(v.Closed), strconv.Itoa(v.Minutes), strings.Join(missed, " "), stamp(v.Due)}
		for _, k := range appliance.ClockKinds {
			at, used := "", ""
			if c := stopped(&v, k); c != nil {
				at, used = stamp(c.Stopped), strconv.Itoa(c.Used)
			}
			cells = append(cells, at, used)
		}
		add("tickets", cells...)
	}
	for _, v := range last[message.Window](m, message.TypeWindow) {
		add("windows", id(v.ID), csvText(v.Title), csvText(v.State), stamp(v.From), stamp(v.To))
	}
	for _, v := range each[message.Backup](m, message.TypeBackup) {
		add("backups", id(v.Job), csvText(v.Name), csvText(v.Verdict), stamp(v.Began), stamp(v.Ended), strconv.FormatInt(v.Bytes, 10), strconv.FormatInt(v.Files, 10), csvText(v.Why))
	}
	for _, v := range last[message.Round](m, message.TypeRound) {
		add("rounds", csvText(v.Day), csvText(v.State), stamp(v.Signed), csvText(v.By), strconv.Itoa(v.Open))
	}
	for _, v := range last[message.Outage](m, message.TypeOutage) {
		minutes := ""
		if !v.Ended.IsZero() {
			minutes = strconv.Itoa(int(v.Ended.Sub(v.Began).Minutes()))
		}
		add("outages", id(v.Device), csvText(v.Name), stamp(v.Began), stamp(v.Ended), minutes, strconv.Itoa(v.Charge))
	}
	for _, v := range each[message.Inventory](m, message.TypeInventory) {
		add("inventory", id(v.Device), csvText(v.Name), csvText(v.What))
	}
	for _, v := range m.entries {
		text := v.Text
		if text == "" && v.Message != nil {
			text = v.Message.English
		}
		add("logbook", strconv.FormatUint(v.Seq, 10), stamp(v.At), csvText(v.By), csvText(v.Party), csvText(string(v.Kind)), csvText(v.Subject), csvText(text), strconv.Itoa(v.Minutes), csvText(v.Ticket))
	}
	return slices.DeleteFunc(out, func(t table) bool { return len(t.rows) == 0 })
}

func (t table) write(w io.Writer) error { return ui.WriteRows(w, t.heads, t.rows) }
