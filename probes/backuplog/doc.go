// Package backuplog reads what backup programs and UPS daemons write, and tells the runs and events in it.
//
// It owns the formats: how a log is recognised from its own text, which lines begin and end a run, what their words mean and
// what they are worth. Formats of lines and of JSON and XML documents are data (embed/formats, docs/formats.md) and are handed
// in, so that users add their own; compression, encodings, mails and event logs are read here. It keeps nothing, asks no
// clock, uses little memory whatever the size of a log, and never says success unless the product's own word does.
package backuplog
