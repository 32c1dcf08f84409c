package daemon

import (
	"fmt"
	"io/fs"
	"os"

	"siteward/appliance"
	"siteward/embed"
	"siteward/probes/snmp/names"
	"siteward/probes/snmp/profile"
)

// loadProfiles gives the reader the device profiles that ship inside and the site's own. A mistake in one's own must not leave the
// whole site unwatched: then those that ship inside are used alone, and the start, the journal and the health say so.
func (d *Daemon) loadProfiles() (*profile.Set, error) {
	set, err := d.readProfiles()
	if err == nil {
		d.reader.SetProfiles(set)
	}
	return set, err
}

func (d *Daemon) readProfiles() (*profile.Set, error) {
	if d.Options.Profiles == "" {
		return profile.Load(embed.Profiles)
	}
	set, err := ownProfiles(d.Options.Profiles)
	if err == nil {
		return set, nil
	}
	d.log.Error("the site's own device profiles are not used", "folder", d.Options.Profiles, "err", err)
	d.notes = append(d.notes, appliance.Message{Key: "event.profiles_refused",
		Args:    map[string]any{"folder": d.Options.Profiles, "error": err.Error()},
		English: fmt.Sprintf("the device profiles in %s are not used: %v; correct them and start Siteward again", d.Options.Profiles, err)})
	return profile.Load(embed.Profiles)
}

func ownProfiles(folder string) (*profile.Set, error) {
	if _, err := os.ReadDir(folder); err != nil {
		return nil, err
	}
	return profile.Load([]fs.FS{embed.Profiles, os.DirFS(folder)}...)
}

// objectNames are the names of MIB objects: those that ship inside, and those that the profiles read.
func (d *Daemon) objectNames() (*names.Table, error) {
	set, err := d.profiles()
	if err != nil {
		return nil, err
	}
	return names.New(embed.MIB, set.Objects()...)
}
