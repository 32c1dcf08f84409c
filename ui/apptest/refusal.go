package apptest

import "siteward/appliance"

// The refusals of the store, as pages meet them.

func taken(name string) error {
	return &appliance.Error{Code: appliance.CodeConflict, Field: "name", Message: appliance.Message{Key: "error.name_taken",
		Args: map[string]any{"Name": name}, English: "the name is taken"}}
}

func overtaken() error {
	return &appliance.Error{Code: appliance.CodeConflict, Message: appliance.Message{Key: "error.changed_meanwhile",
		English: "somebody else changed this in the meantime; load it again and repeat your change"}}
}

func ownedByFile(owner string) error {
	return &appliance.Error{Code: appliance.CodeOwnedByFile, Message: appliance.Message{Key: "errors.owned_by_file.text",
		Args: map[string]any{"file": owner}, English: "this is declared in " + owner + "; change it there and apply the file, or take it over first"}}
}
