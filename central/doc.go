// Package central holds the words of the provider's side: what a site, its status, an event, an alarm is, and what a Store keeps
// of them. It imports the words of the appliance and the standard library, keeps nothing and asks nobody.
//
// Around it: ingest takes what sites send, silence tells which of them do not, store/badger and store/postgres keep both, web and
// api show it.
package central
