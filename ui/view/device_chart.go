package view

// DeviceChart is a chart with what can be chosen about it. Choices and ranges are chips.
type DeviceChart struct {
	Title   string
	Says    []string // least, most, gaps and their causes
	Chart   Chart
	Empty   bool // nothing was recorded in this range
	Gaps    bool
	Limits  bool
	Choices []ChartChoice
	Ranges  []ChartChoice
	CSV     string
}

// ChartChoice is one link.
type ChartChoice struct {
	Label, Href string
	Current     bool
}
