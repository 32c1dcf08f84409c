// Package notify decides who is told what, when and how often: which contacts a notice is for and through which of their channels,
// which step of which route an incident has come to, what quiet hours hold, which news are told as one, when a failed try is
// repeated, and what the daily summary says. It sends nothing, keeps nothing and asks no clock; package channel sends, the daemon
// keeps the queue.
package notify
