// Package config owns what a person may declare: the rules that a device, a check, a credential and the site must meet,
// whoever enters them (form, API, command line, file), and the declarative site file (Parse, Format, Plan, Apply).
//
// It keeps nothing on disk and asks nobody; the store comes in through the small interface Tx. Secrets never stand in a
// site file: it names a file or an environment variable (probes.Resolve reads them). The settings of the process are the
// daemon's.
package config
