// Package source reads logs from where they lie: files on this machine, files on a server over SFTP, and the output of
// a command over SSH. It finds what is new in them since the last time, whatever rotation has done to them meanwhile,
// and hands it on piece by piece; what the text means is for package backuplog to say.
//
// It keeps nothing: how far a file was read is an appliance.SourceFile, which the caller stores together with what he
// read, so that neither can be there without the other. A file is known by what it holds (its first bytes and those
// before the place where reading stopped), since rotation renames it, copies it, truncates it and packs it. Files on
// this machine are opened below the folders that the configuration allows and nowhere else, by links neither.
package source
