package appliance

import "time"

// ProposalKind is what a proposal wants to do.
type ProposalKind string

// The kinds of proposals.
const (
	ProposeDevice ProposalKind = "device" // a device that is not looked after yet
	ProposeMove   ProposalKind = "moved"  // a known device answers at another address
	ProposeTwin   ProposalKind = "twin"   // two devices say the same of themselves: somebody has to look
	ProposeWay    ProposalKind = "way"    // a known device stands behind a port of another
)

// ProposalStatus is what became of a proposal.
type ProposalStatus string

// What becomes of proposals. One that is ignored stays, so that it is not made again.
const (
	ProposalOpen     ProposalStatus = "open"
	ProposalAccepted ProposalStatus = "accepted"
	ProposalIgnored  ProposalStatus = "ignored"
	ProposalMerged   ProposalStatus = "merged"
)

// Proposal is something that was found in the network and what could be done about it. Nothing happens until a person accepts.
type Proposal struct {
	ID      ID             `json:"id"`
	Version uint64         `json:"version"`
	Kind    ProposalKind   `json:"kind"`
	Status  ProposalStatus `json:"status"`
	Marks   Marks          `json:"marks"`            // by which it is recognised when it is found again
	Target  ID             `json:"target,omitempty"` // the known device it is about; of new ones that were accepted, the device made

	Device   Device     `json:"device"` // as it would be stored: name, kind, address, parents
	Identity Identity   `json:"identity,omitzero"`
	Checks   []Check    `json:"checks,omitempty"` // it would get
	Roles    []PortMark `json:"roles,omitempty"`  // ports that would be expected to be up
	From     string     `json:"from,omitempty"`   // of moves: the address until now
	Others   []string   `json:"others,omitempty"` // of twins: the addresses that say the same

	Evidence []Message `json:"evidence"`
	Found    time.Time `json:"found"`
	Seen     time.Time `json:"seen"` // last time it was found
	By       string    `json:"by,omitempty"`
	Decided  time.Time `json:"decided,omitzero"`
}

// PortMark is a port that should get a role.
type PortMark struct {
	Device ID       `json:"device"`
	Port   string   `json:"port"`
	Role   PortRole `json:"role"`
}

// AcceptProposal is what a person changed of a proposal before taking it. Empty fields leave what was proposed.
type AcceptProposal struct {
	Name, Place, Purpose string
	Kind                 Kind
	Checks               []string // names of those it gets; nil = all proposed
}
