package backuplog

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/goccy/go-yaml"

	"siteward/appliance"
	"siteward/internal/yamlfile"
)

// The shape of a format file. docs/formats.md describes each key for people; keep both in step.

type file struct {
	Format   string            `yaml:"format"`
	Title    string            `yaml:"title"`
	Product  string            `yaml:"product"` // "" = the name of the format
	Over     []string          `yaml:"over"`    // formats whose lines inside ours belong to us; "*" = all
	Last     bool              `yaml:"last"`    // counts only where nothing else was recognised
	Line     list              `yaml:"line"`    // RE2 with groups time, text, level, key, job: what stands around each line
	Programs []string          `yaml:"programs"`
	Dates    string            `yaml:"dates"` // mdy: 10/11 is 11 October
	Key      string            `yaml:"key"`   // job: what the log calls a run is the name of its job
	Binary   bool              `yaml:"binary"`
	Reversed bool              `yaml:"reversed"` // may stand newest first
	Gap      string            `yaml:"gap"`      // a line this long after a verdict begins another run
	JobStrip list              `yaml:"job_strip"`
	Words    map[string]string `yaml:"words"`
	Rules    []ruleFile        `yaml:"rules"`
	Docs     []docFile         `yaml:"documents"`
	Judge    []judgeFile       `yaml:"judge"`

	path string
}

type ruleFile struct {
	Match   list              `yaml:"match"`
	Sign    bool              `yaml:"sign"`
	Ignore  bool              `yaml:"ignore"`
	Also    bool              `yaml:"also"`
	Begin   string            `yaml:"begin"` // always, decided, clean, repeat, again, job, group
	Mark    string            `yaml:"mark"`  // rules with one mark are one for repeat and again
	Inside  bool              `yaml:"inside"`
	At      string            `yaml:"at"`     // start, end: the time of the line is it; told: it ended some time before
	Proof   bool              `yaml:"proof"`  // the status counts as the verdict, but more of the run comes
	UTC     bool              `yaml:"utc"`    // its times are UTC
	Reopen  bool              `yaml:"reopen"` // what looked like the end was none
	Kind    string            `yaml:"kind"`
	Status  string            `yaml:"status"`
	End     bool              `yaml:"end"`
	Final   bool              `yaml:"final"`
	Close   bool              `yaml:"close"`
	Pending string            `yaml:"pending"`
	Overall string            `yaml:"overall"`
	Clears  bool              `yaml:"clears"`
	Count   list              `yaml:"count"`
	Sum     list              `yaml:"sum"`
	Keep    list              `yaml:"keep"`
	Join    bool              `yaml:"join"`
	Scale   float64           `yaml:"scale"`
	Of      string            `yaml:"bytes_kind"`
	Set     map[string]string `yaml:"set"`
	Cause   bool              `yaml:"cause"`
	Own     bool              `yaml:"own"`     // the verdict of one command: behind housekeeping it is the housekeeping's
	Instead bool              `yaml:"instead"` // a run without a verdict was of this kind from its beginning: the command was another one
	Event   string            `yaml:"event"`
	State   string            `yaml:"state"` // ups, time, status, charge, runtime, runtime_seconds, load, voltage, vendor, model, test: the group text is it
	Flags   bool              `yaml:"flags"` // the group status holds NUT's flags; an event when they change
	Words   map[string]string `yaml:"words"`
}

// docFile is a rule about a JSON document.
type docFile struct {
	When   map[string]string `yaml:"when"` // path -> RE2 that its value matches; "" = it is there
	Each   string            `yaml:"each"` // path of a list whose elements are documents of their own
	Text   string            `yaml:"text"` // template of a line that the rules then read: "{level}: {msg}"
	Fields map[string]string `yaml:"fields"`
	Rule   ruleFile          `yaml:"rule"`
}

type judgeFile struct {
	If     list   `yaml:"if"`
	Status string `yaml:"status"`
}

// list is one text or several.
type list []string

// UnmarshalYAML takes a single text as a list of one.
func (l *list) UnmarshalYAML(b []byte) error {
	var one string
	if yaml.Unmarshal(b, &one) == nil {
		*l = list{one}
		return nil
	}
	var many []string
	if err := yaml.Unmarshal(b, &many); err != nil {
		return fmt.Errorf("text or a list of texts: %w", err)
	}
	*l = many
	return nil
}

// bounds of a format file. The greatest of ours has a tenth of it.
var bounds = yamlfile.Bounds{Bytes: 128 << 10, Depth: 12}

// decodeFile reads the YAML of one format.
func decodeFile(path string, b []byte) (*file, error) {
	f := &file{path: path}
	if err := yamlfile.Decode(path, b, bounds, f); err != nil {
		return nil, err
	}
	return f, nil
}

func invalid(path, format string, args ...any) error {
	e := appliance.Errorf(appliance.CodeInvalid, format, args...)
	e.Field = path
	return e
}

func readAll(fsys fs.FS, into map[string]*file) error {
	paths, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return fmt.Errorf("list formats: %w", err)
	}
	var all []error
	for _, path := range paths {
		f := &file{path: path}
		if err := yamlfile.Read(fsys, path, bounds, f); err != nil {
			all = append(all, err)
			continue
		}
		into[f.Format] = f
	}
	return errors.Join(all...)
}
