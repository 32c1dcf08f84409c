package access

import (
	"slices"
	"strings"
)

// commonWords are what people in the offices we serve build passwords from, in English, German and Dutch, longest
// first so that a short one does not split a long one. Together with the rules of password.go each word stands for
// all its spellings with digits, years, signs and repetitions around it.
var commonWords = byLength(`
password passwort wachtwoord kennwort passwd passwords welcome welkom willkommen geheim secret letmein login admin
administrator root user username guest gast test testing tester default changeme change master manager office
computer server network netzwerk netwerk internet system service support helpdesk monitor monitoring switch router
firewall printer drucker backup sicherung public private community snmp cisco windows microsoft apple google
samsung lenovo dell synology qnap vmware linux debian ubuntu raspberry
hallo hello hola bonjour servus moin iloveyou ichliebedich ikhouvanjou love liebe liefde schatz schatzi sweetheart
darling baby angel engel prinzessin princess prinses sunshine sonnenschein zonneschijn flower blume bloem
monkey dragon drache draak tiger loewe lion panda bear baer wolf eagle adler horse pferd paard katze hund poes
football fussball voetbal soccer baseball basketball hockey tennis ferrari porsche mercedes volkswagen audi
arsenal liverpool chelsea barcelona bayern dortmund schalke werder ajax feyenoord juventus
superman batman spiderman pokemon starwars matrix ninja shadow killer hunter ranger warrior freedom
spring summer autumn winter fruehling sommer herbst lente zomer herfst
january february march april august september october november december januar februar maerz mai juni juli oktober
dezember januari februari maart mei augustus
monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
berlin hamburg muenchen koeln frankfurt stuttgart wien amsterdam rotterdam utrecht denhaag brussel antwerpen london
germany deutschland holland nederland austria oesterreich europe europa
michael thomas andreas stefan christian daniel martin peter klaus juergen wolfgang alexander sebastian maximilian
sandra nicole stefanie julia katharina johannes willem pieter anneke charlie jordan michelle jessica ashley
company firma bedrijf business money geld zuhause home office kantoor buero
trustno access please bitte alsjeblieft hunter cheese kaese kaas chocolate schokolade coffee kaffee koffie
correcthorsebatterystaple correct horse battery staple
abcd abc123 qwerty qwertz azerty asdf yxcv zxcv 1q2w3e4r 1qaz2wsx qazwsx q1w2e3r4 iqazzwsx zaq12wsx
2019 2020 2021 2022 2023 2024 2025 2026 2027 2028 zoi9 zozo 2o2o`)

func byLength(list string) []string {
	words := strings.Fields(list)
	// Passwords are compared both as typed and with digits read as letters, so each word is here in both spellings.
	for _, w := range words {
		if u := unleet(w); u != w {
			words = append(words, u)
		}
	}
	slices.SortFunc(words, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(words)
}
