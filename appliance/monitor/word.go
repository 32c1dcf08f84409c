package monitor

import (
	"strings"

	"siteward/appliance"
)

// severities is what a device's own word makes of its item.
var severities = map[appliance.Severity]appliance.State{
	appliance.SeverityOK:       appliance.StateOK,
	appliance.SeverityWarning:  appliance.StateWarning,
	appliance.SeverityCritical: appliance.StateCritical,
	appliance.SeverityUnknown:  appliance.StateNoData,
}

// status judges one word of the device.
func (c *court) status(t *tally, s appliance.Status) {
	state, ok := severities[s.Severity]
	if !ok {
		return
	}
	t.judged = true
	t.add(finding{state, func() appliance.Evidence { return c.wordEvidence(s, wordSentence(s)) }})
}

func (c *court) wordEvidence(s appliance.Status, why appliance.Message) appliance.Evidence {
	return appliance.Evidence{Why: why, Source: c.source(s.Source), Verbatim: verbatimWord(s), At: c.at,
		Steps: []appliance.Message{say("monitor.step_word", args{"name": objectOf(s), "word": s.Word})}}
}

// wordSentence is our own sentence for a word that we know, else the device's word.
func wordSentence(s appliance.Status) appliance.Message {
	if s.Severity == appliance.SeverityUnknown {
		return say("monitor.word_unknown", args{"name": objectOf(s)})
	}
	if key := "monitor." + strings.ReplaceAll(s.Name, ".", "_") + "_" + s.Word; sentences[key] != "" {
		return say(key, nil)
	}
	return say("monitor.word", args{"name": objectOf(s), "word": s.Word})
}

func objectOf(s appliance.Status) string {
	if s.Object != "" {
		return s.Object
	}
	return s.Name
}

func verbatimWord(s appliance.Status) string {
	out := objectOf(s) + " = " + s.Word
	if s.Raw != "" && s.Raw != s.Word {
		out += "(" + s.Raw + ")"
	}
	return out
}
