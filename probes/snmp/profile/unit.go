package profile

// span is a closed range of numbers.
type span struct{ low, high float64 }

func (s span) holds(v float64) bool { return v >= s.low && v <= s.high }

// units lists the units of metrics with what a number of them can be. A number outside is one of the many ways of
// firmware to say "I do not know" (-1 percent, 2147483647 seconds, 6553.5 °C) and is dropped.
var units = map[string]span{
	"":      {-1e18, 1e18}, // a count or a level without a unit
	"1/s":   {0, 1e18},
	"%":     {0, 1000}, // an overloaded UPS says 120
	"A":     {-100000, 100000},
	"B":     {0, 1e18},
	"B/s":   {0, 1e15},
	"Hz":    {0, 1e12},
	"V":     {-2000000, 2000000},
	"VA":    {0, 1e9},
	"W":     {-1e9, 1e9},
	"Wh":    {-1e15, 1e15},
	"bit/s": {0, 1e15},
	"dBm":   {-200, 100},
	"rpm":   {0, 200000},
	"s":     {0, 1e10},
	"°C":    {-90, 250},
}

// families lists the first segments of metric, status and text names, with what they are about.
var families = map[string]string{
	"battery":     "batteries that are not a UPS's own, such as of a RAID controller",
	"cpu":         "processors",
	"current":     "current sensors",
	"disk":        "physical disks",
	"fan":         "fans",
	"humidity":    "humidity sensors",
	"if":          "network interfaces",
	"load":        "load average of Unix systems",
	"memory":      "main memory",
	"outlet":      "outlets of a power distribution unit",
	"poe":         "power over Ethernet",
	"pool":        "storage pools",
	"power":       "power sensors",
	"printer":     "printers",
	"process":     "processes",
	"psu":         "power supplies",
	"raid":        "RAID arrays and volumes",
	"sensor":      "sensors of other kinds",
	"session":     "sessions of firewalls",
	"status":      "states in the vendor's own words",
	"storage":     "file systems",
	"supply":      "supplies of printers",
	"swap":        "swap space",
	"system":      "the device as a whole",
	"temperature": "temperature sensors",
	"ups":         "uninterruptible power supplies",
	"users":       "users signed in",
	"vlan":        "virtual networks of a switch",
	"voltage":     "voltage sensors",
	"wifi":        "wireless clients and radios",
}
