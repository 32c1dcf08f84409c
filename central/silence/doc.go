// Package silence tells which sites are not heard of, and keeps apart who went without a word, who said that he goes, and what is
// our own fault: when many fall silent together, or central itself was away, that is one alarm and nothing is said of the sites.
//
// Heard and Stopping are what ingest calls within the change of a site; Watcher looks after those that nothing comes from. Of
// several processes one watches, whoever has the lease.
package silence
