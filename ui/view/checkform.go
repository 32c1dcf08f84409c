package view

// CheckForm adds or changes a check. The names of its fields are those of the domain with a hyphen for each dot: name, probe,
// interval, timeout, attempts, recoveries, ping-count, snmp-credential, http-url …; those of a limit are limit-0-metric … .
type CheckForm struct {
	Form           Form
	ID, Name       string // "" for a new one
	Device, Of     string // number and name of the device
	Action         string
	Probe          string // of a stored check; a new one chooses
	Probes         []Option
	Spans          []Option // proposals for times
	Credentials    []Option
	Logins         []Option // users with a password, and none
	Methods        []Option
	Directions     []Option
	Metrics        []Option      // proposals for limits
	Limits         []int         // numbers of the rows
	Numbers        []CheckNumber // that have a limit
	Unlimited      []CheckNumber
	AttemptsHint   string
	RecoveriesHint string
	Tried          *Tried
	File           string // that declares it: then nothing can be changed here
}

// CheckNumber is a number that the check reads, with the limits that hold for it.
type CheckNumber struct {
	Metric, Name string
	Now          string // what was read last
	Count        int    // of instances: ports, file systems
	Limit        string
	Own          bool // the check has a limit of its own for it
}
