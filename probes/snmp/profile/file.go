package profile

// The shape of a profile file. docs/profiles.md describes each key for people; keep both in step.

// file is one YAML file.
type file struct {
	Name       string                       `yaml:"name"`
	Title      string                       `yaml:"title"`
	Kind       string                       `yaml:"kind"`
	Priority   int                          `yaml:"priority"`
	Precedence map[string]int               `yaml:"precedence"` // family -> priority for its metrics and statuses
	Match      []matchRule                  `yaml:"match"`
	Also       []string                     `yaml:"also"`  // profiles that apply wherever this one does
	Hides      []string                     `yaml:"hides"` // families of other profiles that mean nothing on this device
	Identity   map[string][]source          `yaml:"identity"`
	Enums      map[string]map[string]string `yaml:"enums"`
	Scalars    []object                     `yaml:"scalars"`
	Metrics    []metric                     `yaml:"metrics"`
	Tables     []table                      `yaml:"tables"`
	Traps      []trapLine                   `yaml:"traps"` // what the device sends by itself: trap.go
	Inventory  []inventoryTable             `yaml:"inventory"`

	path string
}

// matchRule holds conditions that must all be true; a profile applies when one of its rules holds.
type matchRule struct {
	Always      bool     `yaml:"always"`
	SysObjectID []string `yaml:"sysObjectID"` // any is a prefix
	SysDescr    string   `yaml:"sysDescr"`    // RE2
	Exists      []string `yaml:"exists"`      // any of these instances answers
	Under       []string `yaml:"under"`       // anything is below any of these
}

// object is a scalar or a table column, with how it is decoded and what becomes of it.
type object struct {
	Name    string   `yaml:"name"`
	OID     string   `yaml:"oid"`
	Poll    string   `yaml:"poll"` // hot, cold; "" = hot when it is a metric or status, else cold
	Scale   float64  `yaml:"scale"`
	Offset  float64  `yaml:"offset"`
	Unknown []string `yaml:"unknown"` // numbers and ranges that mean "I do not know"
	Wraps   bool     `yaml:"wraps"`   // Integer32 that overflows into negative numbers: read as unsigned
	Number  string   `yaml:"number"`  // RE2 whose first group is the number in a text
	Hint    string   `yaml:"hint"`    // mac, date, hex, text
	Words   string   `yaml:"words"`   // enum whose words are the object's text in labels and identities
	Watch   string   `yaml:"watch"`   // change, decrease: the device is then discovered anew

	Metric   string `yaml:"metric"`
	Unit     string `yaml:"unit"`
	Counter  bool   `yaml:"counter"`
	Zero     string `yaml:"zero"` // real: a 0 of this sensor is a measurement
	Status   string `yaml:"status"`
	Enum     string `yaml:"enum"`
	Bits     bool   `yaml:"bits"` // the enum counts the bits of an OCTET STRING
	Text     string `yaml:"text"`
	Instance string `yaml:"instance"` // of scalars that stand beside table rows
	Label    string `yaml:"label"`
}

// metric is a number computed of objects.
type metric struct {
	Metric   string `yaml:"metric"`
	Unit     string `yaml:"unit"`
	Value    string `yaml:"value"`
	Counter  bool   `yaml:"counter"`
	Instance string `yaml:"instance"` // of numbers computed of scalars
	Label    string `yaml:"label"`
}

// table is a conceptual table of a MIB, or several that share their index.
type table struct {
	Name       string      `yaml:"name"`
	Anchor     []string    `yaml:"anchor"`   // a row exists when one of these columns answers; [] = any column
	IndexBy    string      `yaml:"index_by"` // rows are known by the text of this column in place of their index
	Prefix     string      `yaml:"prefix"`   // before the index in instances, where several tables feed one family
	Columns    []object    `yaml:"columns"`
	When       conditions  `yaml:"when"`
	Unless     conditions  `yaml:"unless"`
	Label      string      `yaml:"label"`
	Shorten    string      `yaml:"shorten"` // RE2; the texts of its groups, joined by spaces, are the label in readings
	Rows       []rows      `yaml:"rows"`
	Aggregates []aggregate `yaml:"aggregates"`
}

// conditions are columns and the values they may have: a number, a word, an OID, a text, or a /regular expression/.
type conditions map[string][]string

// rows says what becomes of the rows that fulfil its conditions.
type rows struct {
	When    conditions  `yaml:"when"`
	Unless  conditions  `yaml:"unless"`
	First   bool        `yaml:"first"` // only the first such row, and without an instance
	Quiet   bool        `yaml:"quiet"` // read now and then for the facts, kept out of readings
	Label   string      `yaml:"label"`
	Metrics []metric    `yaml:"metrics"`
	Status  []statusOut `yaml:"statuses"`
	Texts   []textOut   `yaml:"texts"`
}

// statusOut makes a status of a column.
type statusOut struct {
	Status string `yaml:"status"`
	Object string `yaml:"object"`
	Enum   string `yaml:"enum"`
	Bits   bool   `yaml:"bits"`
}

// textOut makes a text of a template.
type textOut struct {
	Text   string `yaml:"text"`
	Value  string `yaml:"value"`
	Object string `yaml:"object"` // in place of value: the word of its number by enum
	Enum   string `yaml:"enum"`
}

// aggregate is one number of many rows: a metric of its own, or a name for use in expressions.
type aggregate struct {
	Name   string     `yaml:"name"`
	Metric string     `yaml:"metric"`
	Unit   string     `yaml:"unit"`
	Over   string     `yaml:"over"` // mean, sum, min, max, count
	Value  string     `yaml:"value"`
	When   conditions `yaml:"when"`
	Unless conditions `yaml:"unless"`
}

// source is one way to learn a part of the identity; the first that gives a text counts.
type source struct {
	From   string            `yaml:"from"`   // object name
	When   conditions        `yaml:"when"`   // which row, of a table column
	Regexp string            `yaml:"regexp"` // RE2 that the text of From must match
	Value  string            `yaml:"value"`  // template: {object}, {1} for a group; "" = the text or its first group
	Prefix map[string]string `yaml:"prefix"` // longest OID prefix -> value
}

// inventoryTable is a table of things that a device is made of. It is read once a day and stands in no reading.
type inventoryTable struct {
	Part     string            `yaml:"part"`    // disk, psu, ...; software; port
	PartBy   string            `yaml:"part_by"` // in place of part: a column, with
	Parts    map[string]string `yaml:"parts"`   // its values -> part; rows of other values are left
	Slot     string            `yaml:"slot"`    // template: where it sits; of software its name with version, of ports their name
	Model    string            `yaml:"model"`   // columns
	Serial   string            `yaml:"serial"`
	Firmware string            `yaml:"firmware"`
	Alias    string            `yaml:"alias"`
	Off      conditions        `yaml:"off"` // of ports: switched off by a person
	When     conditions        `yaml:"when"`
	Unless   conditions        `yaml:"unless"`
	Columns  map[string]string `yaml:"columns"` // name -> OID
}
