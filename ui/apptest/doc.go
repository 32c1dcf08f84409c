// Package apptest is a small site in memory for tests of pages: an appliance.App with devices in all states, readings,
// series and a journal at a present that never moves, and a ui.Server in front of it that every role can ask.
// What it shows was judged by appliance/monitor, so that verdicts and their evidence read as they do at a customer's.
// It keeps nothing on disk and is used by tests only.
package apptest
