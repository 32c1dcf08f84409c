package main

import (
	"fmt"
	"strings"

	"siteward/probes/probetest/agent"
)

// switchPorts of the switch: 48 and four uplinks.
const switchPorts = 52

// The whole ifTable and ifXTable of a switch as column, type, and value of a row. 60 of 100 ports are up, as in life;
// counters are large, so that they take the octets they take in life.
var (
	ifTable = []column{
		{1, 2, func(r int) any { return r }},
		{2, 4, func(r int) any { return fmt.Sprintf("GigabitEthernet1/0/%d", r) }},
		{3, 2, constant(6)}, {4, 2, constant(1500)}, {5, 66, constant(1000000000)},
		{6, 4, func(r int) any { return fmt.Sprintf("port%02d", r) }},
		{7, 2, constant(1)}, {8, 2, up}, {9, 67, func(r int) any { return r * 1234 }},
		{10, 65, counter(40503000)}, {11, 65, counter(30010)}, {12, 65, counter(171)}, {13, 65, counter(3)}, {14, 65, counter(1)},
		{15, 65, constant(0)}, {16, 65, counter(50402000)}, {17, 65, counter(40010)}, {18, 65, counter(133)},
		{19, 65, counter(5)}, {20, 65, constant(0)}, {21, 66, constant(0)}, {22, 6, constant("0.0")},
	}
	ifXTable = []column{
		{1, 4, func(r int) any { return fmt.Sprintf("Gi1/0/%d", r) }},
		{2, 65, counter(91)}, {3, 65, counter(19)}, {4, 65, counter(77)}, {5, 65, counter(23)},
		{6, 70, counter(98765432100)}, {7, 70, counter(123456700)}, {8, 70, counter(1234500)}, {9, 70, counter(12300)},
		{10, 70, counter(87654321000)}, {11, 70, counter(113456700)}, {12, 70, counter(1134500)}, {13, 70, counter(11300)},
		{14, 2, constant(1)}, {15, 66, constant(1000)}, {16, 2, constant(2)}, {17, 2, constant(1)},
		{18, 4, func(r int) any { return fmt.Sprintf("Room %d", 100+r) }}, {19, 67, constant(0)},
	}
)

type column struct {
	number, tag int
	value       func(row int) any
}

func constant(v any) func(int) any { return func(int) any { return v } }

func counter(v int) func(int) any {
	return func(row int) any {
		if up(row) != 1 {
			return 0
		}
		return v * row
	}
}

func up(row int) any {
	if row > 48 || row*37%100 < 60 {
		return 1
	}
	return 2
}

// switchRecording is a 48-port switch: system, ifTable with 22 and ifXTable with 19 columns.
func switchRecording(name string) *agent.Recording {
	lines := []string{
		"1.3.6.1.2.1.1.1.0|4|Example Switch 48G 4X, firmware 7.2.1", "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1.1",
		"1.3.6.1.2.1.1.3.0|67|36000000", "1.3.6.1.2.1.1.4.0|4|it@example.org", "1.3.6.1.2.1.1.5.0|4|" + name,
		"1.3.6.1.2.1.1.6.0|4|Rack 1", "1.3.6.1.2.1.1.7.0|2|72", fmt.Sprintf("1.3.6.1.2.1.2.1.0|2|%d", switchPorts),
	}
	for _, t := range []struct {
		oid     string
		columns []column
	}{{"1.3.6.1.2.1.2.2.1", ifTable}, {"1.3.6.1.2.1.31.1.1.1", ifXTable}} {
		for _, c := range t.columns {
			for row := 1; row <= switchPorts; row++ {
				lines = append(lines, fmt.Sprintf("%s.%d.%d|%d|%v", t.oid, c.number, row, c.tag, c.value(row)))
			}
		}
	}
	return agent.MustParse(name, strings.Join(lines, "\n")+"\n")
}
