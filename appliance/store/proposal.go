package store

import "siteward/appliance"

var proposalRecord = record[appliance.Proposal]{
	family: nounProposal, word: "proposal",
	id:      func(v *appliance.Proposal) *appliance.ID { return &v.ID },
	version: func(v *appliance.Proposal) *uint64 { return &v.Version },
}

// Proposals lists all proposals by number, those that were decided too.
func (tx *Tx) Proposals() ([]appliance.Proposal, error) { return proposalRecord.list(tx) }

// Proposal finds one proposal, or fails with CodeNotFound.
func (tx *Tx) Proposal(id appliance.ID) (appliance.Proposal, error) {
	return proposalRecord.get(tx, id)
}

// PutProposal stores a proposal, as PutDevice does a device.
func (tx *Tx) PutProposal(v *appliance.Proposal) error { return proposalRecord.put(tx, v) }

// DeleteProposal removes a proposal.
func (tx *Tx) DeleteProposal(id appliance.ID) error { return proposalRecord.remove(tx, id) }

// Proposals lists all proposals by number.
func (s *Store) Proposals() ([]appliance.Proposal, error) { return view(s, (*Tx).Proposals) }

// Proposal finds one proposal, or fails with CodeNotFound.
func (s *Store) Proposal(id appliance.ID) (appliance.Proposal, error) {
	return view(s, func(tx *Tx) (appliance.Proposal, error) { return tx.Proposal(id) })
}
