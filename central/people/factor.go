package people

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"siteward/appliance"
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
