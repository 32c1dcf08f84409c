package agent

import "sync/atomic"

// Counters says what an agent was asked and what it answered since it was made.
type Counters struct {
	Datagrams uint64 `json:"datagrams"` // received
	Requests  uint64 `json:"requests"`  // understood and meant for one of our devices
	Get       uint64 `json:"get"`
	GetNext   uint64 `json:"getNext"`
	GetBulk   uint64 `json:"getBulk"`
	Set       uint64 `json:"set"`
	Answers   uint64 `json:"answers"`   // responses, reports not included
	Reports   uint64 `json:"reports"`   // SNMPv3 reports: discovery, time window, wrong user or digest
	Varbinds  uint64 `json:"varbinds"`  // in the responses
	Malformed uint64 `json:"malformed"` // dropped: no SNMP request
	Unknown   uint64 `json:"unknown"`   // dropped: no such community
	Lost      uint64 `json:"lost"`      // dropped on purpose: loss, silence
	BytesIn   uint64 `json:"bytesIn"`   // UDP payload
	BytesOut  uint64 `json:"bytesOut"`
}

type tally struct {
	datagrams, requests, get, getNext, getBulk, set, answers, reports, varbinds, malformed, unknown, lost, bytesIn, bytesOut atomic.Uint64
}

func (t *tally) snapshot() Counters {
	return Counters{
		Datagrams: t.datagrams.Load(), Requests: t.requests.Load(),
		Get: t.get.Load(), GetNext: t.getNext.Load(), GetBulk: t.getBulk.Load(), Set: t.set.Load(),
		Answers: t.answers.Load(), Reports: t.reports.Load(), Varbinds: t.varbinds.Load(),
		Malformed: t.malformed.Load(), Unknown: t.unknown.Load(), Lost: t.lost.Load(),
		BytesIn: t.bytesIn.Load(), BytesOut: t.bytesOut.Load(),
	}
}

func (c *Counters) add(o Counters) {
	c.Datagrams += o.Datagrams
	c.Requests += o.Requests
	c.Get += o.Get
	c.GetNext += o.GetNext
	c.GetBulk += o.GetBulk
	c.Set += o.Set
	c.Answers += o.Answers
	c.Reports += o.Reports
	c.Varbinds += o.Varbinds
	c.Malformed += o.Malformed
	c.Unknown += o.Unknown
	c.Lost += o.Lost
	c.BytesIn += o.BytesIn
	c.BytesOut += o.BytesOut
}
