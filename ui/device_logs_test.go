package ui_test

import (
	"strings"
	"testing"

	"siteward/appliance"
	"siteward/ui/apptest"
)

// TestADeviceLeadsToItsLogs: backups, sources and entries of the logbook stand on the page of their device, for those who may see them.
func TestADeviceLeadsToItsLogs(t *testing.T) {
	b := apptest.Server(t)
	b.App.AddBackups()
	technician, viewer := b.Get(appliance.RoleTechnician, "/devices/1").Body.String(), b.Get(appliance.RoleViewer, "/devices/1").Body.String()
	for _, want := range []string{`href="/settings/sources/1"`, `href="/logbook?device=1"`, `href="/logbook/new?device=1"`} {
		if !strings.Contains(technician, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(viewer, "/settings/sources/") || strings.Contains(viewer, "/logbook/new") {
		t.Error("a viewer is led where he may not go")
	}
	jobs, err := b.App.BackupJobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if j.Device == 0 || j.Status == appliance.JobIgnored {
			continue
		}
		if body := b.Get(appliance.RoleViewer, "/devices/"+j.Device.String()).Body.String(); !strings.Contains(body, `href="/backups/`+j.ID.String()+`"`) {
			t.Errorf("%s is not on the page of its device", j.Name)
		}
	}
}
