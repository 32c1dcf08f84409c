// Package ingest takes what sites send: POST /ingest/v1/<site>. A request is bounded in size, time and number before anything is
// done with it; its signature has to fit a key of that site; its events have to follow each other and what is there already. Then
// everything in it becomes one change of the store, or nothing does: a batch may come any number of times and counts once.
//
// It keeps nothing itself but counters of who sends too much, so that any number of processes may do this side by side.
package ingest
