package ui_test

import (
	"strings"
	"testing"
	"time"

	"siteward/appliance"
	"siteward/ui/apptest"
)

// TestTheHeadlineOfSourcesIsTheirState: nothing that has not come is called read.
func TestTheHeadlineOfSourcesIsTheirState(t *testing.T) {
	read := appliance.SourceStatus{Read: apptest.Present, Tried: apptest.Present, Heard: apptest.Present}
	source := func(st appliance.SourceStatus) appliance.SourceView {
		return appliance.SourceView{Source: appliance.Source{Kind: appliance.SourceMail, Mail: &appliance.MailSettings{Mailbox: "veeam"}}, Status: st}
	}
	paused := source(read)
	paused.Paused = &appliance.Pause{By: "m.muster", Reason: "moved", Since: apptest.Present.Add(-time.Hour)}
	broken := source(read)
	broken.Status.Error = &appliance.Message{Key: "source.error_push_verb", English: "no"}
	for _, c := range []struct {
		name, want, shape string
		list              []appliance.SourceView
	}{
		{"nothing came from any", "2 log sources, nothing has come from any of them yet", "c-none", []appliance.SourceView{source(appliance.SourceStatus{}), source(appliance.SourceStatus{})}},
		{"nothing came from one", "Nothing has come from 1 of 2 log sources yet", "c-none", []appliance.SourceView{source(read), source(appliance.SourceStatus{})}},
		{"one is paused", "1 of 2 log sources is paused", "c-paused", []appliance.SourceView{source(read), paused}},
		{"one cannot be read", "1 of 2 log sources cannot be read", "c-warn", []appliance.SourceView{broken, source(appliance.SourceStatus{})}},
		{"all are read", "2 log sources, all read as planned", "c-ok", []appliance.SourceView{source(read), source(read)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := apptest.Server(t)
			b.App.SetSources(c.list)
			body := b.Get(appliance.RoleTechnician, "/settings/sources").Body.String()
			_, h1, _ := strings.Cut(body, "<h1")
			h1, _, _ = strings.Cut(h1, "</h1>")
			if !strings.Contains(h1, c.want) || !strings.Contains(h1, c.shape) {
				t.Errorf("%q", h1)
			}
		})
	}
}
