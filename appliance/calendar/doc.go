// Package calendar does arithmetic with days as people count them: days without a zone, days that begin at noon, business
// days, public holidays by region. It keeps nothing and never asks a clock.
//
// Which days are holidays comes from github.com/rickar/cal as a proposal, with our corrections (regions.go), and from what
// the site adds and takes away: the municipality's feast, the works' holiday, the 24th of December.
package calendar
