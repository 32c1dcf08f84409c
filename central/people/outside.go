package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"siteward/appliance"
)

func subject(issuer, sub string) string {
	sum := sha256.Sum256([]byte(issuer + "\x00" + sub))
	return hex.EncodeToString(sum[:])
}

// Known finds who signs in through a service: the account that is bound to issuer and subject, or, once, the one whose sign-in name is
// the confirmed mail address and that is bound to nobody. Nobody gets an account by signing in.
func (s Storage) Known(ctx context.Context, issuer, sub, mail string, confirmed bool) (appliance.User, error) {
	id, _, err := subjects.Find(ctx, s.Records, subject(issuer, sub))
	if err == nil {
		return s.User(id)
	}
	if appliance.CodeOf(err) != appliance.CodeNotFound {
		return appliance.User{}, err
	}
	if !confirmed {
		return appliance.User{}, errStranger
	}
	u, err := s.UserByName(strings.ToLower(mail))
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return u, errStranger
	} else if err != nil {
		return u, err
	}
	x, version, err := s.Extra(ctx, u.ID)
	if err != nil {
		return u, err
	}
	if x.Subject != "" {
		return u, errStranger
	}
	x.Subject = subject(issuer, sub)
	bind, err := subjects.Set(x.Subject, u.ID, 0)
	if err != nil {
		return u, err
	}
	more, err := extras.Set(key(u.ID), x, version)
	if err != nil {
		return u, err
	}
	return u, s.Records.Write(ctx, bind, more)
}
