package appliance

import (
	"context"
	"time"
)

// Walk is a part of what a device tells over SNMP, read by a technician at a workbench.
type Walk struct {
	ID     string        `json:"id,omitempty"` // by which it can be fetched as a recording for a while
	Device string        `json:"device"`
	Root   string        `json:"root"` // OID
	Name   string        `json:"name"` // of the root
	At     time.Time     `json:"at"`
	Took   time.Duration `json:"took"`
	Rows   []WalkRow     `json:"rows"`
	Cut    string        `json:"cut,omitempty"` // why it ended early; English, technical
}

// WalkRow is one object.
type WalkRow struct {
	OID   string `json:"oid"`
	Name  string `json:"name,omitempty"` // ifDescr.3
	Type  string `json:"type"`           // OctetString, Integer, Counter32 …
	Value string `json:"value"`          // text made printable; numbers with the MIB's word: "2 (down)"
}

// WalkRequest says what to read.
type WalkRequest struct {
	Root  string `json:"root"`            // an OID or the name of an object; "" = everything (1.3.6.1)
	Limit int    `json:"limit,omitempty"` // objects; 0 = 10,000, which is also the most
}

// MaxWalk bounds the objects of a walk.
const MaxWalk = 10_000

// Workbench is what the appliance offers a technician who wants to know what a device tells.
type Workbench interface {
	// Walk reads a range of a device with the credential of its SNMP check.
	Walk(ctx context.Context, by Actor, device ID, r WalkRequest) (Walk, error)
	// WalkRecording gives one of the last walks in the .snmprec format. Masked, names, places, serial numbers and the ends of
	// hardware addresses are replaced.
	WalkRecording(ctx context.Context, id string, masked bool) ([]byte, error)
}
