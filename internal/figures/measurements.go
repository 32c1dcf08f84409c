package main

import (
	"context"
	"time"
)

// measurement gives one or several figures at once.
type measurement struct {
	numbers []int
	what    string
	limit   time.Duration
	run     func(context.Context, *env) (map[int]outcome, error)
}

// measurements in their order. Those of one inner list run at the same time: most of what they do is wait, and each
// compares with what runs beside it.
var measurements = [][]measurement{
	{{[]int{17}, "the binary", time.Minute, measureBinary}},
	{{[]int{23}, "the unit file", time.Minute, measureUnit}},
	{{[]int{4}, "allocations of a poll", 2 * time.Minute, measureAllocations}},
	{{[]int{5}, "polls at 20 ms", 2 * time.Minute, measureLatency}},
	{{[]int{6}, "echoes", 3 * time.Minute, measureEchoes}},
	{{[]int{22}, "good agents beside evil ones", 4 * time.Minute, measureEvil}},
	{{[]int{7, 8, 9, 10}, "a month and a year of samples", 8 * time.Minute, measureStore}},
	{
		{[]int{1, 2, 3}, "polls of a 48-port switch", 8 * time.Minute, measurePolls},
		{[]int{11, 12, 13, 14}, "a small site and an empty one", 8 * time.Minute, measureSite},
		{[]int{18}, "1,000 switches", 8 * time.Minute, measureThousand},
		{[]int{16}, "a page of 200 rows", 8 * time.Minute, measurePage},
	},
	{{[]int{15}, "starting with 1 GB", 20 * time.Minute, measureStart}},
	{
		{[]int{19}, "kill -9", 10 * time.Minute, measureKills},
		{[]int{20}, "power cuts", 10 * time.Minute, measurePowerCuts},
		{[]int{21}, "a full disk", 5 * time.Minute, measureFullDisk},
	},
}
