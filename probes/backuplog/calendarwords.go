package backuplog

// months and weekdays in the languages logs are written in, lower case, without a full stop.
var (
	months = index(map[int]string{
		1: "jan january januar januari jänner jän", 2: "feb february februar februari", 3: "mar march mär märz mrz mrt maart mrz",
		4: "apr april", 5: "may mai mei", 6: "jun june juni", 7: "jul july juli", 8: "aug august augustus",
		9: "sep sept september", 10: "oct october okt oktober", 11: "nov november", 12: "dec december dez dezember",
	})
	weekdays = set("mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday " +
		"mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag " +
		"ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag")
	// zones are the abbreviations that date(1) and log libraries write. What is not here is the writer's local time.
	zones = map[string]int{
		"UTC": 0, "GMT": 0, "WET": 0, "CET": 3600, "MEZ": 3600, "CEST": 7200, "MESZ": 7200, "WEST": 3600, "BST": 3600, "EET": 7200, "EEST": 10800,
		"EST": -5 * 3600, "EDT": -4 * 3600, "CST": -6 * 3600, "CDT": -5 * 3600, "MST": -7 * 3600, "MDT": -6 * 3600, "PST": -8 * 3600, "PDT": -7 * 3600,
	}
)

func index(lists map[int]string) map[string]int {
	m := map[string]int{}
	for n, list := range lists {
		for w := range set(list) {
			m[w] = n
		}
	}
	return m
}
