package people

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"siteward/appliance"
	"siteward/central"
)

// Extra is what an account has at the provider besides name, role and password.
type Extra struct {
	// Groups are those whose sites somebody sees; All sees every site. An administrator sees every site anyhow.
	Groups []appliance.ID `json:"groups,omitempty"`
	All    bool           `json:"all,omitempty"`
	// Secret of the second factor, Step the last half minute whose code was taken: no code works twice.
	Secret string    `json:"secret,omitempty"`
	Step   int64     `json:"step,omitempty"`
	Since  time.Time `json:"since,omitzero"`  // the second factor is asked; zero while it is only proposed
	Codes  [][]byte  `json:"codes,omitempty"` // SHA-256 of recovery codes that have not been used
	// Subject is the hash of issuer and subject at a sign-in service.
	Subject string `json:"subject,omitempty"`
}

// Asked says whether a code is asked at sign-in.
func (x *Extra) Asked() bool { return !x.Since.IsZero() }

// Sees gives the groups for a central.FleetFilter: nil is all.
func (x *Extra) Sees(role appliance.Role) []appliance.ID {
	if role == Administrator || x.All {
		return nil
	}
	return append([]appliance.ID{}, x.Groups...)
}

// Extra finds what is kept of an account besides; nothing is an empty one.
func (s Storage) Extra(ctx context.Context, id appliance.ID) (Extra, uint64, error) {
	x, version, err := extras.Find(ctx, s.Records, key(id))
	if appliance.CodeOf(err) == appliance.CodeNotFound {
		return Extra{}, 0, nil
	}
	return x, version, err
}

// PutExtra keeps it in place of the version that was read.
func (s Storage) PutExtra(ctx context.Context, id appliance.ID, x Extra, version uint64) error {
	return extras.Put(ctx, s.Records, key(id), x, version)
}

// Steps of half a minute around the present whose codes are taken: clocks of telephones differ a little.
const (
	period = 30
	drift  = 1
)

// Key is a secret that all processes share, made when it is first asked for.
func (s Storage) Key(ctx context.Context) ([]byte, error) {
	keys := central.Noun[string](meta)
	for {
		text, _, err := keys.Find(ctx, s.Records, "key")
		if err == nil {
			return base64.StdEncoding.DecodeString(text)
		}
		if appliance.CodeOf(err) != appliance.CodeNotFound {
			return nil, err
		}
		raw := make([]byte, 32)
		_, _ = rand.Read(raw)
		err = keys.Put(ctx, s.Records, "key", base64.StdEncoding.EncodeToString(raw), 0)
		if err != nil && appliance.CodeOf(err) != appliance.CodeConflict {
			return nil, err
		}
	}
}

var (
	errCode = &appliance.Error{Code: appliance.CodeInvalid, Field: "code", Message: appliance.Message{Key: "central.code_wrong",
		English: "this code is not right or was used already; wait for the next one and type it"}}
	errStranger = &appliance.Error{Code: appliance.CodeForbidden, Message: appliance.Message{Key: "central.stranger",
		English: "nobody here has this account; an administrator makes one whose sign-in name is your mail address"}}
)
