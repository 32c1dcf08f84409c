package access

import (
	"fmt"
	"math"
	"time"

	"siteward/appliance"
)

// What people are told when they are not let through.
var (
	errSignIn = &appliance.Error{Code: appliance.CodeUnauthorized, Message: appliance.Message{
		Key: "access.sign_in", English: "sign in first"}}
	errRole = &appliance.Error{Code: appliance.CodeForbidden, Message: appliance.Message{
		Key: "access.role", English: "your role does not allow this; an administrator can change the role"}}
	errNoRoute = &appliance.Error{Code: appliance.CodeNotFound, Message: appliance.Message{
		Key: "error.not_found", English: "there is no such page"}}
	errBearerHere = &appliance.Error{Code: appliance.CodeForbidden, Message: appliance.Message{
		Key: "token.pages", English: "API tokens open the API and the metrics only; sign in to see pages"}}
	// errWrong is the same for a wrong name, a wrong password and a disabled user.
	errWrong = &appliance.Error{Code: appliance.CodeUnauthorized, Message: appliance.Message{
		Key: "signin.wrong", English: "name or password is not right; look at capital letters and try again"}}
	errOldPassword = &appliance.Error{Code: appliance.CodeInvalid, Field: "current", Message: appliance.Message{
		Key: "password.current", English: "the present password is not right"}}
)

// tooMany tells how long to wait, in whole seconds, rounded up.
func tooMany(wait time.Duration) error {
	s := int(math.Ceil(wait.Seconds()))
	return &appliance.Error{Code: appliance.CodeTooMany, Message: appliance.Message{
		Key: "access.wait", Args: map[string]any{"Seconds": s}, English: fmt.Sprintf("that was tried too often; try again in %d seconds", s)}}
}
