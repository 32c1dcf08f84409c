// Package enrol is the provider's end of enrolment: central's own key, one-time codes, the keys of sites, and what a site hears when
// its code or its key is not good. Everything is kept in central's store, so that any process may answer; what is counted against
// guessing is counted by each process.
package enrol
