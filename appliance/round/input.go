package round

import (
	"time"

	"siteward/appliance"
)

// Input is everything a round looks at.
type Input struct {
	Since, Now time.Time
	Names      func(appliance.ID) string // of devices
	Jobs       []appliance.BackupJobView
	Runs       []appliance.Run // that were read since Since
	UPSes      []appliance.UPSView
	Events     []appliance.UPSEvent // since Since
	States     []appliance.StateRecord
	Storages   []Storage
	Health     appliance.Health
	Logbook    appliance.LogbookReport
	Sources    []Source
	Spot       appliance.SpotCheck // of messages, today's
}

// Storage is how full something was lately.
type Storage struct {
	Device appliance.ID
	Label  string
	Days   []float64 // percent used, a value a day, oldest first
}

// Source is a place that logs are read from.
type Source struct {
	ID   appliance.ID
	Name string
	Bad  string // why it cannot be read, "" when it can
}

// maxLines bounds a point: a person reads these, and a storm must not fill the store.
const maxLines = 100

// Make puts the points together.
func Make(in Input) []appliance.RoundPoint {
	points := []appliance.RoundPoint{in.backups(), in.power(), in.problems(), in.storage()}
	if len(in.Spot.Messages) > 0 {
		points = append(points, in.logs())
	}
	points = append(points, in.self())
	for i := range points {
		finish(&points[i])
	}
	return points
}

// finish puts the worst lines first and gives the point the worst state.
func finish(p *appliance.RoundPoint) {
	sortLines(p.Lines)
	for _, l := range p.Lines {
		p.State = max(p.State, l.State)
	}
	if n := len(p.Lines); n > maxLines {
		p.More, p.Lines = n-maxLines, p.Lines[:maxLines]
	}
}
