// Package update brings a newer Siteward onto this machine and takes it back when it is not well.
//
// It keeps a folder beside the store (docs/update.md):
//
//	current            link to the program that the service manager starts
//	<version>/         siteward, release.json, release.json.minisig
//	state.json         which release is chosen, which one waits to prove itself, what has happened
//	before-<version>.backup   the store as it was before that release was tried
//
// It starts no program. The service manager runs the packaged program's `update settle` before each start, which checks the chosen
// release against its signature, counts the starts of one that has not proved itself, and leads `current` back when they are too
// many. Whoever runs as the service may therefore write into the folder and still not bring a program to run that is not signed.
package update
