package daemon

import (
	"fmt"
	"os"
	"path/filepath"

	"siteward/appliance"
	"siteward/embed"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/profile"
)

// loadProfiles gives the reader the device profiles that ship inside and the site's own. A mistake in one of the site's own leaves out
// that file and nothing else; the log, the journal and the settings say so.
func (d *Daemon) loadProfiles() (*profile.Set, error) {
	set, err := d.readProfiles()
	if err == nil {
		d.reader.SetProfiles(set)
	}
	return set, err
}

func (d *Daemon) readProfiles() (*profile.Set, error) {
	folder := d.Options.Profiles
	if folder == "" { // the data folder's own, where there is one
		folder = filepath.Join(d.Options.Data, "profiles")
		if _, err := os.Stat(folder); err != nil {
			return profile.Load(embed.Profiles)
		}
	}
	if _, err := os.ReadDir(folder); err != nil {
		d.log.Error("the site's own device profiles are not used", "folder", folder, "err", err)
		d.notes = append(d.notes, appliance.Message{Key: "event.profiles_refused",
			Args:    map[string]any{"folder": folder, "error": err.Error()},
			English: fmt.Sprintf("the device profiles in %s are not used: %v; correct that and start Siteward again", folder, err)})
		return profile.Load(embed.Profiles)
	}
	set, refused, err := profile.LoadBeside(embed.Profiles, os.DirFS(folder))
	for _, r := range refused {
		d.log.Error("a device profile of the site is not used", "folder", folder, "file", r.File, "err", r.Err)
		d.notes = append(d.notes, appliance.Message{Key: "event.profile_refused",
			Args:    map[string]any{"file": filepath.Join(folder, r.File), "error": r.Err.Error()},
			English: fmt.Sprintf("the device profile %s is not used: %v; correct it and start Siteward again", filepath.Join(folder, r.File), r.Err)})
	}
	return set, err
}

// objectNames are the names of MIB objects: those that ship inside, and those that the profiles read.
func (d *Daemon) objectNames() (*names.Table, error) {
	set, err := d.profiles()
	if err != nil {
		return nil, err
	}
	return names.New(embed.MIB, set.Objects()...)
}
