// Package access decides who may do what: users and their passwords, sessions, API tokens, the one permission table,
// throttling of guesses, and the one-time link that makes the first administrator.
//
// It owns the rules and the forms of secrets (argon2id strings, token hashes, session records) and keeps nothing on
// disk itself: users, tokens, sessions and journal go through the small interfaces of storage.go to the store. It
// knows net/http requests and cookies, but no web framework; the pages and the REST API ask a Gate at each request.
// It leaves to others: rendering, the wording of pages, trust in proxies (the daemon says what the client's address is).
package access
