package agentlog

import (
	"strconv"
	"strings"
)

// levelWords are beginnings of what agents call severities, in lower case: those of syslog, of NXLog and of Windows in English, German and
// Dutch.
var levelWords = []struct {
	begin string
	level int
}{
	{"emerg", 0}, {"alert", 1}, {"crit", 2}, {"fatal", 2}, {"kritisch", 2}, {"kritiek", 2}, {"err", 3}, {"fehler", 3}, {"fout", 3}, {"warn", 4},
	{"waarschuwing", 4}, {"notice", 5}, {"info", 6}, {"audit", 6}, {"success", 6}, {"verbose", 7}, {"debug", 7}, {"trace", 7}, {"ausführlich", 7},
}

// windowsLevels are the numbers of Level in the event log of Windows: 0 says "always", which is how audits are logged.
var windowsLevels = []int{6, 2, 3, 4, 6, 7}

// auditFailure is the keyword of failed audits in the event log of Windows.
const auditFailure = 0x10000000000000

// level is the severity as syslog counts it, -1 when none is told.
func (f fields) level(windows bool) int {
	level := -1
	for _, name := range namesOfLevel {
		s := strings.ToLower(strings.TrimSpace(f.at(name)))
		if s == "" {
			continue
		}
		n, err := strconv.Atoi(s)
		switch {
		case err != nil:
			level = levelOf(s)
		case name == "SeverityValue" && n >= 1 && n <= 5: // NXLog: 1 debug to 5 critical
			level = []int{7, 6, 4, 3, 2}[n-1]
		case windows && n >= 0 && n < len(windowsLevels):
			level = windowsLevels[n]
		case !windows && n >= 0 && n <= 7:
			level = n
		}
		if level >= 0 {
			break
		}
	}
	if windows && f.refused() && (level < 0 || level > 4) {
		return 4
	}
	return level
}

func levelOf(s string) int {
	for _, w := range levelWords {
		if strings.HasPrefix(s, w.begin) {
			return w.level
		}
	}
	return -1
}

// refused says that an audit tells of something that was refused: a failed sign-in, an access without the right to it.
func (f fields) refused() bool {
	for _, name := range []string{"Keywords", "winlog.keywords", "EventType", "Event.System.Keywords", "event.outcome"} {
		s := strings.ToLower(f.at(name))
		if s == "failure" || strings.Contains(strings.ReplaceAll(s, "_", " "), "audit failure") {
			return true
		}
		if n, err := strconv.ParseInt(s, 0, 64); err == nil && n&auditFailure != 0 {
			return true
		}
		if n, err := strconv.ParseUint(s, 0, 64); err == nil && n&auditFailure != 0 {
			return true
		}
	}
	return false
}
