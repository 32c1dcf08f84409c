// Package logbook makes the maintenance checkbook tamper-evident. Each entry is a record of fixed bytes, the records are the
// leaves of a Merkle tree (RFC 9162, golang.org/x/mod/sumdb/tlog), and after each entry the tree's size and root are signed as
// a checkpoint (golang.org/x/mod/sumdb/note). So an entry that was changed, left out, put in or moved is the first one whose
// checkpoint does not fit, and is named.
//
// The package is pure: it keeps nothing. The store has entries, hashes and checkpoints, and the signing key in a file beside it.
// What it cannot see: a log that ends earlier, when the checkpoints of its end are gone as well, and a log that was written anew
// by somebody who has the signing key. A checkpoint that somebody else noted shows both (see Verify).
package logbook
