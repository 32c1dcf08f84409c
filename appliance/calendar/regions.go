package calendar

import (
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/aa"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/nl"
)

// regions are the holidays of each region by ISO 3166-2. A country alone has those of all its regions only.
//
// Corrections to the library as of 2.1.31, each looked up in the law of the region: Bavaria's Assumption holds in 1,704 of
// 2,056 municipalities, so it is proposed; Brandenburg's law names Easter Sunday and Whit Sunday; Mecklenburg-Vorpommern has
// Women's Day since 2023; Berlin has one extra day in 2028; Switzerland as a whole has four days only and Zug is a catholic
// canton; the Netherlands have no Good Friday, and Liberation Day is free every fifth year only.
var regions = map[string][]*cal.Holiday{
	"DE":    de.Holidays,
	"DE-BW": de.HolidaysBW, "DE-BY": with(de.HolidaysBY, de.MariaHimmelfahrt), "DE-BE": with(de.HolidaysBE, uprising),
	"DE-BB": with(de.HolidaysBB, easterSunday, whitSunday), "DE-HB": de.HolidaysHB, "DE-HH": de.HolidaysHH, "DE-HE": de.HolidaysHE,
	"DE-MV": with(de.HolidaysMV, de.Frauentag), "DE-NI": de.HolidaysNI, "DE-NW": de.HolidaysNW, "DE-RP": de.HolidaysRP,
	"DE-SL": de.HolidaysSL, "DE-SN": de.HolidaysSN, "DE-ST": de.HolidaysST, "DE-SH": de.HolidaysSH, "DE-TH": de.HolidaysTH,
	"AT":    at.Holidays,
	"BE":    be.Holidays,
	"NL":    with(without(nl.Holidays, nl.GoedeVrijdag, nl.BevrijdingsDag), liberationDay),
	"CH":    {ch.Neujahr, ch.Auffahrt, ch.Bundesfeiertag, ch.Weihnachtstag},
	"CH-AG": ch.HolidaysAG, "CH-AI": ch.HolidaysAI, "CH-AR": ch.HolidaysAR, "CH-BE": ch.HolidaysBE, "CH-BL": ch.HolidaysBL,
	"CH-BS": ch.HolidaysBS, "CH-FR": ch.HolidaysFR, "CH-GE": ch.HolidaysGE, "CH-GL": ch.HolidaysGL, "CH-GR": ch.HolidaysGR,
	"CH-JU": ch.HolidaysJU, "CH-LU": ch.HolidaysLU, "CH-NE": ch.HolidaysNE, "CH-NW": ch.HolidaysNW, "CH-OW": ch.HolidaysOW,
	"CH-SG": ch.HolidaysSG, "CH-SH": ch.HolidaysSH, "CH-SO": ch.HolidaysSO, "CH-SZ": ch.HolidaysSZ, "CH-TG": ch.HolidaysTG,
	"CH-TI": ch.HolidaysTI, "CH-UR": ch.HolidaysUR, "CH-VD": ch.HolidaysVD, "CH-VS": ch.HolidaysVS, "CH-ZH": ch.HolidaysZH,
	"CH-ZG": with(ch.HolidaysZG, ch.Berchtoldstag, ch.Fronleichnam, ch.MariaHimmelfahrt, ch.MariaEmpfangnis),
}

var (
	easterSunday = aa.Easter.Clone(&cal.Holiday{Name: "Ostersonntag"})
	whitSunday   = aa.Pentecost.Clone(&cal.Holiday{Name: "Pfingstsonntag"})
	uprising     = &cal.Holiday{Name: "75. Jahrestag des 17. Juni 1953", Month: time.June, Day: 17, StartYear: 2028, EndYear: 2028, Func: cal.CalcDayOfMonth}
	// liberationDay is a public holiday every year, but a day off every fifth only.
	liberationDay = &cal.Holiday{Name: nl.BevrijdingsDag.Name, Month: time.May, Day: 5, Func: func(h *cal.Holiday, year int) time.Time {
		if year%5 != 0 {
			return time.Time{}
		}
		return cal.CalcDayOfMonth(h, year)
	}}
)

func with(list []*cal.Holiday, more ...*cal.Holiday) []*cal.Holiday { return slices.Concat(list, more) }

func without(list []*cal.Holiday, less ...*cal.Holiday) []*cal.Holiday {
	return slices.DeleteFunc(slices.Clone(list), func(h *cal.Holiday) bool { return slices.Contains(less, h) })
}

// Regions lists the regions whose holidays are known, sorted.
func Regions() []string {
	list := make([]string, 0, len(regions))
	for r := range regions {
		list = append(list, r)
	}
	slices.Sort(list)
	return list
}

// holidaysOf gives the list of a region, of its country when the region is not known, and nothing for the rest of the world.
func holidaysOf(region string) []*cal.Holiday {
	region = strings.ToUpper(strings.TrimSpace(region))
	if list, ok := regions[region]; ok {
		return list
	}
	country, _, _ := strings.Cut(region, "-")
	return regions[country]
}

// keys name the holidays for people's languages: the words are in embed/locales (holiday.*). What is not here is called what
// the library calls it, in the language of its country.
var keys = map[string]string{
	"Neujahrstag": "new_year", "Nieuwjaarsdag": "new_year", "Berchtoldstag": "berchtold", "Heilige Drei Könige": "epiphany",
	"Frauentag": "womens_day", "Josefstag": "saint_joseph", "Karfreitag": "good_friday", "Ostersonntag": "easter_sunday",
	"Ostermontag": "easter_monday", "Tweede Paasdag": "easter_monday", "Paasmaandag": "easter_monday", "Koningsdag": "kings_day",
	"Tag der Arbeit": "labour_day", "Dag van de Arbeid": "labour_day", "Bevrijdingsdag": "liberation_day",
	"Christi Himmelfahrt": "ascension", "Auffahrt": "ascension", "Hemelvaartsdag": "ascension", "Onze Lieve Heer Hemelvaart": "ascension",
	"Pfingstsonntag": "whit_sunday", "Pfingstmontag": "whit_monday", "Tweede Pinksterdag": "whit_monday", "Pinkstermaandag": "whit_monday",
	"Fronleichnam": "corpus_christi", "Nationale Feestdag": "national_day", "Bundesfeiertag": "national_day", "Nationalfeiertag": "national_day",
	"Mariä Himmelfahrt": "assumption", "Onze Lieve Vrouw Hemelvaart": "assumption", "Weltkindertag": "childrens_day",
	"Tag der Deutschen Einheit": "german_unity", "Reformationstag": "reformation", "Allerheiligen": "all_saints",
	"Wapenstilstand": "armistice", "Buß- und Bettag": "repentance", "Mariä Empfängnis": "immaculate", "75. Jahrestag des 17. Juni 1953": "uprising",
	"Weihnachtstag": "christmas", "Christtag": "christmas", "Eerste Kerstdag": "christmas", "Kerstmis": "christmas",
	"Zweiter Weihnachtsfeiertag": "christmas_2", "Stefanitag": "christmas_2", "Tweede Kerstdag": "christmas_2",
}

// Keys lists the keys of all holidays that have words of their own, sorted.
func Keys() []string {
	var list []string
	for _, k := range keys {
		if !slices.Contains(list, k) {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}
