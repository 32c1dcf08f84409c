package monitor

import (
	"math"
	"strconv"
	"strings"
	"time"

	"siteward/appliance"
)

// args are what is put into a sentence. n picks the plural form, unit is the unit of the numbers beside it, durations
// are seconds with the unit s, times are RFC 3339 in UTC.
type args map[string]any

// say makes a message: the key for people's languages and the English sentence for logs.
func say(key string, a args) appliance.Message {
	return appliance.Message{Key: key, Args: a, English: english(key, a)}
}

func english(key string, a args) string {
	text, ok := sentences[key]
	if !ok {
		return key
	}
	unit, _ := a["unit"].(string)
	for name, v := range a {
		text = strings.ReplaceAll(text, "{{."+name+"}}", plain(v, unit))
	}
	return text
}

func plain(v any, unit string) string {
	switch x := v.(type) {
	case string:
		return x
	case int:
		return strconv.Itoa(x)
	case float64:
		return plainNumber(x, unit)
	}
	return ""
}

func plainNumber(x float64, unit string) string {
	if unit == "s" && math.Abs(x) >= 60 {
		return time.Duration(x * float64(time.Second)).Round(time.Second).String()
	}
	s := strconv.FormatFloat(round(x), 'f', -1, 64)
	if unit == "" {
		return s
	}
	return s + " " + unit
}

// round keeps three figures: more in a sentence is noise, and evidence has the number itself.
func round(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(x))))
	if digits <= 0 {
		return math.Round(x)
	}
	p := math.Pow(10, float64(min(digits, 15)))
	return math.Round(x*p) / p
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func seconds(d time.Duration) args {
	return args{"for": d.Round(time.Millisecond).Seconds(), "unit": "s"}
}

// stateKey is the key of a sentence that there is one of for each state.
func stateKey(prefix string, s appliance.State) string { return prefix + "_" + s.String() }
