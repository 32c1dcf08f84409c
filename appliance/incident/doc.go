// Package incident tells the story of states: which problems are one incident, when it begins, whether it is the one that was over a
// moment ago, and when it has ended. Problems that follow from others are folded by package monitor already; here are folded the
// answers of one device, what is cabled behind a device that is down, what went dark with the mains, and many at once.
//
// It keeps nothing and asks no clock: what was open before and what is wrong now are arguments, so a restart, a window or an outage
// of ours makes no news. docs/notifications.md has the rules in prose.
package incident
