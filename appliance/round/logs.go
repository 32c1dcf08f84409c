package round

import "siteward/appliance"

// logs is the spot check of messages: done or not.
func (in Input) logs() appliance.RoundPoint {
	p := appliance.RoundPoint{Key: appliance.RoundLogs, Total: 1}
	line := appliance.RoundLine{State: appliance.StateWarning, What: in.Spot.Day, Href: "/eventchecks/spot"}
	args := map[string]any{"n": len(in.Spot.Messages), "by": in.Spot.By}
	if in.Spot.Due() {
		line.Message = &appliance.Message{Key: "round.spot_due", Args: args, English: "the spot check of messages is not signed"}
	} else {
		p.Good = 1
		line.State, line.At = appliance.StateOK, in.Spot.Signed
		line.Message = &appliance.Message{Key: "round.spot_done", Args: args, English: "the spot check of messages is signed by " + in.Spot.By}
	}
	p.Lines = append(p.Lines, line)
	return p
}
