package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

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

// recoveryCodes is how many are made; each works once.
const recoveryCodes = 10

// Propose makes the secret of a second factor and the address that telephones read. It is asked only after Confirm.
func (s Storage) Propose(ctx context.Context, u appliance.User) (secret, address string, err error) {
	x, version, err := s.Extra(ctx, u.ID)
	if err != nil {
		return "", "", err
	}
	if x.Asked() {
		return "", "", appliance.Errorf(appliance.CodeConflict, "there is a second factor already; switch it off first")
	}
	if x.Secret == "" {
		raw := make([]byte, 20)
		_, _ = rand.Read(raw)
		x.Secret = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
		if err := s.PutExtra(ctx, u.ID, x, version); err != nil {
			return "", "", err
		}
	}
	k, err := totp.Generate(totp.GenerateOpts{Issuer: "Siteward", AccountName: u.Name, Secret: decode(x.Secret)})
	if err != nil {
		return "", "", err
	}
	return x.Secret, k.URL(), nil
}

func decode(secret string) []byte {
	b, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret) // ours: cannot fail
	return b
}

// Confirm switches the second factor on with a first code, and gives the recovery codes, which nobody can see again.
func (s Storage) Confirm(ctx context.Context, u appliance.User, code string) ([]string, error) {
	x, version, err := s.Extra(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	step := x.step(code, s.Now())
	if x.Secret == "" || x.Asked() || step == 0 {
		return nil, errCode
	}
	x.Step, x.Since, x.Codes = step, s.Now(), nil
	var plain []string
	for range recoveryCodes {
		c := strings.ToLower(rand.Text()[:10])
		sum := sha256.Sum256([]byte(c))
		plain, x.Codes = append(plain, c[:5]+"-"+c[5:]), append(x.Codes, sum[:])
	}
	return plain, s.PutExtra(ctx, u.ID, x, version)
}

// Prove checks a code of the second factor, or a recovery code, and uses it up: of two processes that are shown the same code one
// takes it.
func (s Storage) Prove(ctx context.Context, id appliance.ID, code string) error {
	x, version, err := s.Extra(ctx, id)
	if err != nil {
		return err
	}
	if !x.Asked() || !x.use(code, s.Now()) {
		return errCode
	}
	if err := s.PutExtra(ctx, id, x, version); appliance.CodeOf(err) == appliance.CodeConflict {
		return errCode
	} else if err != nil {
		return err
	}
	return nil
}

func (x *Extra) use(code string, now time.Time) bool {
	if step := x.step(code, now); step != 0 {
		x.Step = step
		return true
	}
	plain := strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	if len(plain) != 10 {
		return false
	}
	sum := sha256.Sum256([]byte(plain))
	i := slices.IndexFunc(x.Codes, func(c []byte) bool { return subtle.ConstantTimeCompare(c, sum[:]) == 1 })
	if i < 0 {
		return false
	}
	x.Codes = slices.Delete(x.Codes, i, i+1)
	return true
}

// step is the half minute whose code this is, 0 when it is none that may still be used.
func (x *Extra) step(code string, now time.Time) int64 {
	code = strings.ReplaceAll(code, " ", "")
	if len(code) != 6 || x.Secret == "" {
		return 0
	}
	for d := int64(-drift); d <= drift; d++ {
		at := now.Unix()/period + d
		want, err := totp.GenerateCodeCustom(x.Secret, time.Unix(at*period, 0), totp.ValidateOpts{Period: period, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && at > x.Step && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return at
		}
	}
	return 0
}

// Drop switches the second factor off.
func (s Storage) Drop(ctx context.Context, id appliance.ID) error {
	x, version, err := s.Extra(ctx, id)
	if err != nil {
		return err
	}
	x.Secret, x.Step, x.Since, x.Codes = "", 0, time.Time{}, nil
	return s.PutExtra(ctx, id, x, version)
}

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
