package ui

import (
	"net/url"
	"strconv"
	"strings"

	"siteward/appliance"
	"siteward/ui/view"
)

// Evidence is named by the check and the item of a state ("31:storage/36"), or by a name that was read and its
// instance ("31:=ups.runtime|"), for figures without a judgement of their own.
func stateEvidence(k appliance.StateKey) string { return k.Check.String() + ":" + k.Item }

func readEvidence(check appliance.ID, name, instance string) string {
	return check.String() + ":=" + name + "|" + instance
}

// parseCheck reads the number of a check as it stands in an address: 0 is what the appliance expects by itself.
func parseCheck(s string) (appliance.ID, error) {
	if s == "0" {
		return 0, nil
	}
	return appliance.ParseID(s)
}

// stateKeyOf reads the name of a state, "31:storage/36".
func stateKeyOf(name string) (key appliance.StateKey, ok bool) {
	number, item, found := strings.Cut(name, ":")
	check, err := parseCheck(number)
	return appliance.StateKey{Check: check, Item: item}, found && err == nil && item != ""
}

// expectedHref is the page about something that is expected: that of the backup job for "backup/3".
func expectedHref(item string) string {
	family, number, _ := strings.Cut(item, "/")
	if base := map[string]string{"backup": "/backups/", "restore": "/backups/"}[family]; base != "" && number != "" {
		return base + number
	}
	return "/problems"
}

// stateHref is the page on which a state is at home.
func stateHref(r appliance.StateRecord) string {
	if r.Check == 0 {
		return expectedHref(r.Item)
	}
	return "/devices/" + r.Device.String()
}

// EvidenceHref is the address of a state's evidence on the page of its device.
func EvidenceHref(r appliance.StateRecord) string {
	if r.Device == 0 {
		return "/problems?evidence=" + url.QueryEscape(stateEvidence(r.StateKey))
	}
	return "/devices/" + r.Device.String() + "?evidence=" + url.QueryEscape(stateEvidence(r.StateKey))
}

func (d *subject) evidenceOf(r appliance.StateRecord) string {
	return d.with("evidence", stateEvidence(r.StateKey))
}

func (d *subject) evidenceRead(check appliance.ID, name, instance string) string {
	return d.with("evidence", readEvidence(check, name, instance))
}

// evidence is what the address asks for, nil when it is nothing that this device has.
func (d *subject) evidence(name string) *view.Evidence {
	key, ok := stateKeyOf(name)
	if !ok {
		return nil
	}
	var e *view.Evidence
	if read, ok := strings.CutPrefix(key.Item, "="); ok {
		metric, instance, _ := strings.Cut(read, "|")
		e = d.readingEvidence(key.Check, metric, instance)
	} else if r, ok := d.states[key]; ok {
		e = d.l.stateEvidence(r)
		e.Title = d.itemLabel(r) + ": " + e.Title
	}
	if e == nil {
		return nil
	}
	e.BackURL = d.with("evidence", "")
	switch {
	case key.Check == 0:
		e.Href, e.Link = expectedHref(key.Item), d.l.T("problems.to_device", "name", d.states[key].Label)
	case d.technical:
		e.Href, e.Link = "/checks/"+key.Check.String(), d.l.T("evidence.check")
	}
	return e
}

// stateEvidence is the receipt of a verdict.
func (l *Lang) stateEvidence(r appliance.StateRecord) *view.Evidence {
	e := r.Evidence
	out := &view.Evidence{Title: l.Say(e.Why), State: r.State.String(), Source: e.Source, At: e.At, Lines: verbatim(e.Verbatim, r.State)}
	for _, step := range e.Steps {
		out.Judged = append(out.Judged, l.Say(step))
	}
	if r.Stale {
		out.Judged = append(out.Judged, l.T("evidence.stale", "time", l.When(r.Seen)))
	}
	return out
}

// verbatim marks what stands behind the equals sign, which is what decided.
func verbatim(text string, s appliance.State) []view.EvidenceLine {
	if text == "" {
		return nil
	}
	mark := map[appliance.State]string{appliance.StateCritical: "bad", appliance.StateWarning: "warn", appliance.StateOK: "good"}[s]
	var out []view.EvidenceLine
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		name, value, found := strings.Cut(line, " = ")
		if !found || mark == "" {
			out = append(out, view.EvidenceLine{{Text: line}})
			continue
		}
		out = append(out, view.EvidenceLine{{Text: name + " = "}, {Text: value, Mark: mark}})
	}
	return out
}

// readingEvidence is the receipt of a figure: where it was read, and how it came.
func (d *subject) readingEvidence(check appliance.ID, name, instance string) *view.Evidence {
	r := d.told.readings[check]
	for _, v := range r.Values {
		if v.Metric != name || v.Instance != instance {
			continue
		}
		text := strings.TrimSpace(name + " = " + strconv.FormatFloat(v.Number, 'f', -1, 64) + " " + v.Unit)
		return &view.Evidence{Title: d.l.named(d.l.Metric(name), v.Label) + ": " + d.l.Value(v.Number, v.Unit), Source: v.Source, At: r.At, Lines: verbatim(text, appliance.StateNoData)}
	}
	for _, s := range r.Statuses {
		if s.Name != name || s.Instance != instance {
			continue
		}
		state, judged := severityState[s.Severity]
		e := &view.Evidence{Title: d.l.T("evidence.says", "word", s.Word), Source: s.Source, At: r.At, Lines: verbatim(statusText(s), state)}
		if judged {
			e.State = state.String()
		}
		return e
	}
	return nil
}

func statusText(s appliance.Status) string {
	name := s.Object
	if name == "" {
		name = s.Name
	}
	if s.Raw == "" || s.Raw == s.Word {
		return name + " = " + s.Word
	}
	return name + " = " + s.Word + "(" + s.Raw + ")"
}

// named puts the name of an instance behind a word.
func (l *Lang) named(word, instance string) string {
	if instance == "" {
		return word
	}
	return l.T("item_named.rest", "item", word, "name", instance)
}
