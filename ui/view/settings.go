package view

// Settings is the first page of what concerns Siteward itself: how it is doing, and a card for each noun.
type Settings struct {
	State    string // worst of the troubles
	Troubles []Note
	Tiles    []Tile
	About    []Line
}

// Line is a name and what it is. Mono is for what machines speak.
type Line struct {
	Name, Value string
	Mono        bool
}

// SettingsSite is what the site is called and how it speaks. Fields: name, language, time_zone, holiday_region, days_off, day_start, hotline, provider.
type SettingsSite struct {
	Receivers                 []Option // checkboxes of the form
	Form                      Form
	Languages, Zones, Regions []Option
	CanEdit, CanApply         bool
	Owned                     map[string]string // field to the site file that declares it: shown, not asked
	Files                     string            // of Owned
	Lines                     []Line            // the same to read, for those who may not change it
}

// SiteFile is the site as a file: out, and in after its differences were looked at. Fields: name, text, file, take_over.
type SiteFile struct {
	Form     Form
	Checked  bool          // a dry run was made
	Changes  []SiteChange  // what it would do
	Seen     string        // names the differences shown, so that no others are applied
	Moved    bool          // they became others since they were shown
	Problems []FileProblem // what is wrong with the file
	Owned    []OwnedByFile // what files have declared
	TakeOver bool
}

// Lost counts what a file would delete.
func (f SiteFile) Lost() (n int) {
	for _, c := range f.Changes {
		if c.Lost {
			n++
		}
	}
	return n
}

// SiteChange is what happens to one object. Verb and Noun are words already.
type SiteChange struct {
	Verb, Noun, Name string
	Lost             bool // it is deleted
	Lines            []EvidenceLine
}

// FileProblem is one mistake with its place. Source is the line as it was written.
type FileProblem struct {
	Line, Column int
	Field, Text  string
	Source       string
}

// OwnedByFile counts what one file has declared.
type OwnedByFile struct {
	File                 string
	Devices, Credentials int
}
