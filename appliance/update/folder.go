package update

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Folder is where releases lie.
type Folder struct {
	Dir  string
	Keys Keys
	// OS and Arch are those of this machine, as Go calls them.
	OS, Arch string
	// step is called before each thing that is done to the disk; tests stop there.
	step func(name string)
}

// State is what is kept between two starts. Empty: the packaged program runs.
type State struct {
	Chosen   string   `json:"chosen,omitempty"`   // release that has proved itself; "" = the packaged program
	Before   string   `json:"before,omitempty"`   // the one before, for when the chosen one's files are damaged
	Pending  *Pending `json:"pending,omitempty"`  // release that has not proved itself yet
	Restore  *Restore `json:"restore,omitempty"`  // the store may have to go back too
	Failed   []Failed `json:"failed,omitempty"`   // releases that were taken back; they are not taken again by themselves
	Untold   []Step   `json:"untold,omitempty"`   // for the logbook, which only a running appliance can write
	Settled  string   `json:"settled,omitempty"`  // the packaged version that looked last
	Packaged string   `json:"packaged,omitempty"` // its path
}

// Pending is a release on trial.
type Pending struct {
	Version string    `json:"version"`
	From    string    `json:"from"` // version that ran before
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"`
	Starts  int       `json:"starts"`
	Backup  string    `json:"backup,omitempty"` // name of the file in the folder
	Unwell  string    `json:"unwell,omitempty"` // it said itself that it is not healthy, and why
}

// Restore is a store that may have to go back with the program.
type Restore struct {
	Version string `json:"version"` // of the release that was taken back
	Backup  string `json:"backup"`
	Swap    bool   `json:"swap,omitempty"` // the restored store is whole and is being moved into place
}

// Failed is a release that was taken back.
type Failed struct {
	Version string    `json:"version"`
	At      time.Time `json:"at"`
	Why     string    `json:"why"`
}

// Step is something that happened.
type Step struct {
	At      time.Time `json:"at"`
	What    string    `json:"what"` // one of the steps
	Version string    `json:"version"`
	From    string    `json:"from,omitempty"`
	By      string    `json:"by,omitempty"`
	Why     string    `json:"why,omitempty"`
}

// The steps.
const (
	StepStaged    = "staged"    // checked, put in place, waits for the restart
	StepConfirmed = "confirmed" // it has proved itself
	StepReverted  = "reverted"  // it was taken back
	StepRestored  = "restored"  // the store went back to its backup
	StepDamaged   = "damaged"   // the chosen release's files do not fit their signature; the one before runs
)

const (
	stateName   = "state.json"
	currentName = "current"
	programName = "siteward"
	maxSteps    = 50
	maxFailed   = 20
)

func (f Folder) path(parts ...string) string {
	return filepath.Join(append([]string{f.Dir}, parts...)...)
}

func (f Folder) do(name string) {
	if f.step != nil {
		f.step(name)
	}
}

// Load reads the state. One that is damaged is as none: the packaged program runs, which is always good.
func (f Folder) Load() (s State, err error) {
	b, err := os.ReadFile(f.path(stateName))
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("releases: %w", err)
	}
	var read State
	if json.NewDecoder(bytes.NewReader(b)).Decode(&read) == nil {
		s = read
	}
	return s, nil
}

// save writes the state so that after a power cut the old or the new one is there.
func (f Folder) save(s State) error {
	if n := len(s.Untold); n > maxSteps {
		s.Untold = s.Untold[n-maxSteps:]
	}
	if n := len(s.Failed); n > maxFailed {
		s.Failed = s.Failed[n-maxFailed:]
	}
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	f.do("save")
	return f.write(f.path(stateName), b, 0o600)
}

func (f Folder) write(path string, b []byte, mode os.FileMode) error {
	tmp, err := os.CreateTemp(f.Dir, ".new-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(b)
	err = errors.Join(err, tmp.Chmod(mode), tmp.Sync(), tmp.Close())
	if err == nil {
		f.do("rename " + filepath.Base(path))
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Told gives what is to be told, and forgets it once tell has taken it.
func (f Folder) Told(tell func(Step) error) error {
	s, err := f.Load()
	if err != nil || len(s.Untold) == 0 {
		return err
	}
	for _, step := range s.Untold {
		if err := tell(step); err != nil {
			return err
		}
	}
	s.Untold = nil
	return f.save(s)
}

// HasFailed says whether a release was taken back before, and why.
func (s State) HasFailed(version string) (Failed, bool) {
	i := slices.IndexFunc(s.Failed, func(x Failed) bool { return x.Version == version })
	if i < 0 {
		return Failed{}, false
	}
	return s.Failed[i], true
}
