package ui

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"siteward/appliance"
	"siteward/appliance/metric"
	"siteward/ui/view"
)

// sentNumbers are the measured values of one page of a delivery.
const sentNumbers = 50

// errFolded says why bytes that once left cannot be given any more.
var errFolded = &appliance.Error{Code: appliance.CodeNotFound, Message: appliance.Message{Key: "sent.folded_how", English: "this line stands for several deliveries; the bytes of measured values are kept for a day"}}

// sentSamples shows a delivery of measured values as a table, or a line that stands for those of an hour.
func (l *Lang) sentSamples(page *view.SentOne, v appliance.Sent, from int) {
	page.Lines = []view.Line{{Name: l.T("sent.to"), Value: v.To}, {Name: l.T("sent.address"), Value: v.URL, Mono: true}, {Name: l.T("sent.size"), Value: l.Bytes(float64(v.Bytes))},
		{Name: l.T("consumer.kind_samples"), Value: l.Int(int64(v.Samples))}}
	if v.Folded > 0 {
		page.Lines = append(page.Lines, view.Line{Name: l.T("sent.deliveries"), Value: l.Int(int64(v.Folded))}, view.Line{Name: l.T("sent.between"), Value: l.Range(v.At, v.Until)})
		if v.Refused > 0 {
			page.Lines = append(page.Lines, view.Line{Name: l.T("sent.show_failed"), Value: l.Int(int64(v.Refused))})
		}
		page.Folded = l.T("sent.folded_how")
		return
	}
	page.Lines = append(page.Lines, view.Line{Name: l.T("sent.encoding"), Value: "protobuf, " + v.Encoding, Mono: true})
	all, err := metric.Read(v.Body)
	if err != nil {
		page.Broken = l.T("sent.broken")
	}
	for i, part := 0, sentPart(page, all, from, sentNumbers); i < len(part); i++ {
		page.Numbers = append(page.Numbers, sentNumber(&part[i]))
	}
}

// sentNumber is one value with the names that it left with: nothing is put in our words, for that is what left.
func sentNumber(n *metric.Sample) view.SentNumber {
	out := view.SentNumber{Value: strconv.FormatFloat(n.Number, 'g', -1, 64), At: time.UnixMilli(n.At)}
	var rest []string
	for _, label := range n.Labels {
		switch label.Name {
		case "__name__":
			out.Name = visible(label.Value)
		case "device":
			out.Device = visible(label.Value)
		case "check":
			out.Check = visible(label.Value)
		case "site":
		default:
			rest = append(rest, visible(label.Name)+" "+visible(label.Value))
		}
	}
	out.Labels = strings.Join(rest, ", ")
	return out
}

// sentNumbersJSON gives the measured values of a delivery unpacked.
func sentNumbersJSON(c echo.Context, v appliance.Sent) error {
	all, err := metric.Read(v.Body)
	if err != nil {
		return appliance.Errorf(appliance.CodeNotFound, "what was sent cannot be unpacked; download the exact bytes")
	}
	b, err := json.MarshalIndent(metric.Plain(all), "", "  ")
	if err != nil {
		return err
	}
	return sentDownload(c, "siteward-sent-"+v.ID.String()+".json", b)
}
