// Package mailin receives mail: an SMTP server that takes what backup programs and devices send to the mailboxes of log
// sources, and nothing else. It relays nothing, answers nobody by mail and keeps nothing: each message is handed on as it
// came, and is acknowledged only when the one it was handed to has kept it. Everything that comes has a limit: who may
// connect, how many at once and for how long, recipients, bytes, the length of a line, and how often somebody may guess.
package mailin
