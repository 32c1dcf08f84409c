// Package round puts the daily round together: what happened since the last one was signed, as points with their evidence, what
// needs attention first. It is pure; the daemon gathers what it looks at and keeps the rounds.
package round
