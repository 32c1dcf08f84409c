// Package badger keeps central's store in a folder: one process, no database server, ten thousand sites on a small machine.
//
// All changes go through one writer, which takes what has gathered while the disk was busy and writes it in one transaction with
// one sync: nothing is acknowledged before it is on the disk, and many sites share the wait. Because there is one writer, a change
// sees what those before it did and nothing has to be tried twice. Rows of the fleet are also in memory, so that the list of all
// sites reads nothing from the disk.
package badger
