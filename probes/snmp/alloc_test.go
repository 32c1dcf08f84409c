package snmp

import "runtime"

// allocCounter counts allocations of the whole process.
type allocCounter struct{ at uint64 }

func (c *allocCounter) start() { c.at = mallocs() }

func (c *allocCounter) since() float64 { return float64(mallocs() - c.at) }

func mallocs() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}
