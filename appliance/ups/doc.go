// Package ups knows what the words and numbers of a UPS mean, whoever told them, and what follows: where the power comes
// from, what cannot be true, which events are one, and which of them make an outage. It keeps nothing on disk and asks
// nobody; readings and events are arguments.
package ups
