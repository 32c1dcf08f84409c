// Package postgres keeps central's store in PostgreSQL, for providers for whom one machine is not enough. Any number of processes
// share it and keep nothing themselves. It asks in plain SQL that CockroachDB and YugabyteDB take too: no extensions, no triggers,
// no advisory locks; a transaction that the database wants tried again is tried again.
//
// Three tables: sites (what people entered and the status, with the columns that lists sort and choose by), events, records. Values
// are bytes, because text and JSON of a database do not take every text that a device may send.
package postgres
