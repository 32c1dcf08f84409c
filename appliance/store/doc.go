// Package store keeps everything Siteward remembers, in Badger: site, devices, checks, credentials, users, tokens,
// states, samples, the journal, the logbook, sessions and job runs.
//
// On disk it owns one folder (mode 0700):
//
//	lock         held by the one process that has the store open; its text is that process's number
//	logbook.key  signs the logbook (mode 0600)
//	ballast      room kept back so that the store can still be opened when the disk is full
//	db/          Badger's files. keys.go lists every key family, codec.go what a value looks like
//	backups/     verified nightly backups
//
// One rule decides what "stored" means, in durable.go: what a person typed, the journal and everything else that is
// written through Update is synced to the disk before it is acknowledged; samples survive a killed process at once
// and a power cut after at most five seconds. There is no TTL: retention is a job (retain.go) that refuses to
// delete anything while the clock is not to be trusted.
//
// The encoding of samples is package series; what a state or a reading means is package monitor; when jobs run
// is package jobs.
package store
