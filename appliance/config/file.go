package config

import (
	"path/filepath"

	"siteward/appliance"
)

// File is a site file that was read: what it declares, with places for messages. It is documented in docs/site-file.md.
type File struct {
	Name        string // base name; it owns what it declares (appliance.Device.Owner)
	TakeOver    bool   // objects that a person or another file owns become this file's
	Site        *FileSite
	Contract    *FileContract
	Mail        *FileMail
	Credentials []FileCredential
	Devices     []FileDevice
	Sources     []FileSource
	Jobs        []FileJob
	Contacts    []FileContact
	Routes      []FileRoute
	Windows     []FileWindow
	Consumers   []FileConsumer
}

// Position is a place in a file, both counted from 1. The zero Position is nowhere.
type Position struct{ Line, Column int }

// FileSite is the section site. Only the fields that are set in the file are changed, and are the file's afterwards.
type FileSite struct {
	At  Position
	Set map[string]string // key of the file to value: name, language, time_zone, holiday_region, day_start, hotline, provider
	// DaysOff is nil when the key is not there; an empty list takes all away.
	DaysOff []appliance.DayOff
	// ReceiversOff is nil when the key is not there; an empty list switches all on.
	ReceiversOff []appliance.Receiver
}

// FileCredential is an entry of the section credentials. Its secrets never hold a value.
type FileCredential struct {
	At Position
	appliance.Credential
	Kept map[string]bool // community, auth, priv: the secret that the appliance holds already
}

// FileDevice is an entry of the section devices; parents and credentials are named.
type FileDevice struct {
	At Position
	appliance.Device
	ParentNames []string
	Coverage    []appliance.Coverage // end dates; nil leaves alone what people entered
	Checks      []FileCheck
}

// FileCheck is a check of a device.
type FileCheck struct {
	At Position
	appliance.Check
	CredentialName string // of SNMP.Credential or NUT.Credential
}

// Owner is what stands in the objects that a file of this path owns: its base name.
func Owner(path string) string { return filepath.Base(path) }
