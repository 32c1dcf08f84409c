// Package message is what a site tells its provider: the wire, and nothing of who sends or keeps it. A request is a batch of
// CloudEvents 1.0 in JSON, compressed and signed over the exact bytes as Standard Webhooks says; docs/sync.md is the description
// for others. The package is pure.
//
// The types name only what a site tells. There is none by which anything could be run or changed at a site.
package message
