// Package web is the provider's pages: the fleet, a site as it reports, who got worse together, the month of a site, and the accounts of
// those who look. It stands in the shell of package ui (frame, templates, words, headers), and asks a gate of its own with a table of its
// own (routes.go). It keeps nothing itself: accounts lie with package people, everything else in central.Store.
package web
