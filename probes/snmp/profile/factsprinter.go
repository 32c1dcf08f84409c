package profile

import (
	"math"
	"strings"
)

// PrinterFacts is a printer by Printer-MIB and HOST-RESOURCES-MIB.
type PrinterFacts struct {
	Supplies       []SupplyFact `json:"supplies,omitempty"`
	MarkerLife     []float64    `json:"marker_life_count,omitempty"` // pages printed in the printer's life
	DeviceStatus   string       `json:"device_status,omitempty"`     // hrDeviceStatus
	PrinterStatus  string       `json:"printer_status,omitempty"`    // hrPrinterStatus
	DetectedErrors []string     `json:"detected_errors"`             // hrPrinterDetectedErrorState
}

// SupplyFact is one row of prtMarkerSuppliesTable.
type SupplyFact struct {
	Index   string   `json:"index"`
	Descr   string   `json:"descr"`
	Max     *float64 `json:"max"`   // -2 = unknown
	Level   *float64 `json:"level"` // -3 = some remaining, -2 = unknown
	Percent *float64 `json:"level_percent"`
	State   string   `json:"level_state,omitempty"` // in words, where the printer knows no number
}

func (f *facts) printer() {
	pr := &PrinterFacts{DetectedErrors: []string{}}
	rows := map[string]int{}
	found := false
	for _, n := range f.numbers {
		if n.name == "printer.pages" && n.known {
			pr.MarkerLife = append(pr.MarkerLife, n.value)
			found = true
		}
		if !strings.HasPrefix(n.name, "supply.") {
			continue
		}
		found = true
		at, ok := rows[n.made.Instance]
		if !ok {
			at = len(pr.Supplies)
			rows[n.made.Instance] = at
			pr.Supplies = append(pr.Supplies, SupplyFact{Index: n.made.Instance, Descr: n.row.label})
		}
		pr.Supplies[at].add(n)
	}
	for _, s := range f.p.statuses {
		if !f.p.status(s) {
			continue
		}
		switch s.name {
		case "printer.device_status":
			pr.DeviceStatus = s.made.Word
		case "printer.status":
			pr.PrinterStatus = s.made.Word
		case "printer.detected_errors":
			if s.made.Word != s.enum.none.word {
				pr.DetectedErrors = strings.Split(s.made.Word, ", ")
			}
		case "supply.level_state":
			if at, ok := rows[s.made.Instance]; ok && s.made.Word != s.made.Raw {
				pr.Supplies[at].State = s.made.Word
			}
		default:
			continue
		}
		found = true
	}
	if found {
		f.out.Printer = pr
	}
}

func (s *SupplyFact) add(n numberRead) {
	switch n.name {
	case "supply.level_percent":
		if n.known {
			v := math.Round(n.value*10) / 10
			s.Percent = &v
		}
	case "supply.level":
		s.Level = n.pointer(s.Level)
	case "supply.max":
		s.Max = n.pointer(s.Max)
	}
}
