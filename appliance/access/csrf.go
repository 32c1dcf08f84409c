package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net/http"

	"siteward/appliance"
)

// Where a form's token is looked for.
const (
	CSRFField  = "csrf"
	CSRFHeader = "X-CSRF-Token"
)

const (
	maxForm     = 1 << 20
	formCookie  = "siteward-form"
	formMinutes = 12 * 60
)

// csrf keeps other sites from acting in a person's name, twice: the browser says where a request comes from
// (Sec-Fetch-Site or Origin), and a form carries a token that only our own page knew. The token of a session lies in it;
// before signing in it is bound to a cookie of its own, so that no session need be stored for strangers.
type csrf struct {
	origin *http.CrossOriginProtection
	key    []byte
	secure bool
}

func newCSRF(secure bool, key []byte) *csrf {
	if len(key) == 0 {
		key = random(32)
	}
	return &csrf{origin: http.NewCrossOriginProtection(), key: key, secure: secure}
}

// check lets safe methods through, and others only with the token wanted, or without a session that of the cookie.
func (c *csrf) check(w http.ResponseWriter, r *http.Request, want string, limit int64) error {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if err := c.origin.Check(r); err != nil {
		return &appliance.Error{Code: appliance.CodeForbidden, Err: err, Message: appliance.Message{
			Key: "access.other_site", English: "another web page tried to do this in your name; nothing was changed"}}
	}
	if want == "" {
		want = c.anonymous(r)
	}
	got := r.Header.Get(CSRFHeader)
	if (got == "" || limit > maxForm) && isForm(r) { // larger forms are bounded here and nowhere else
		if r.ContentLength > limit {
			return tooLarge(limit)
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		token, err := formValue(r, limit)
		if err != nil {
			return err
		}
		if got == "" {
			got = token
		}
	}
	if want == "" || !hmac.Equal([]byte(got), []byte(want)) {
		return &appliance.Error{Code: appliance.CodeForbidden, Message: appliance.Message{
			Key: "access.form_expired", English: "this page was open for too long and nothing was changed; open it again and send it once more"}}
	}
	return nil
}

// token gives the token of a form for somebody who is not signed in, and sets its cookie when there is none.
func (c *csrf) token(w http.ResponseWriter, r *http.Request) string {
	if t := c.anonymous(r); t != "" {
		return t
	}
	cookie := &http.Cookie{Name: cookieName(formCookie, c.secure), Value: secretText(), Path: "/",
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: formMinutes * 60}
	http.SetCookie(w, cookie)
	r.AddCookie(cookie) // a second form of the same page gets the same token
	return c.sign(cookie.Value)
}

func (c *csrf) anonymous(r *http.Request) string {
	cookie, err := r.Cookie(cookieName(formCookie, c.secure))
	if err != nil || len(cookie.Value) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return ""
	}
	return c.sign(cookie.Value)
}

func (c *csrf) sign(value string) string {
	m := hmac.New(sha256.New, c.key)
	m.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func isForm(r *http.Request) bool {
	ct, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && (ct == "application/x-www-form-urlencoded" || ct == "multipart/form-data")
}

func formValue(r *http.Request, limit int64) (string, error) {
	// What does not fit into memory would go to temporary files; the body is bounded to the same size, so none are made.
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(limit) //nolint:gosec // bounded, see above
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return "", tooLarge(limit)
	}
	return r.PostFormValue(CSRFField), nil // a broken form has no token and is refused for that
}

func tooLarge(limit int64) error {
	return &appliance.Error{Code: appliance.CodeTooLarge, Message: appliance.Message{Key: "access.too_large", Args: map[string]any{"mb": limit >> 20},
		English: fmt.Sprintf("this is more than %d MB and nothing was changed; send less at a time", limit>>20)}}
}

func secretText() string { return base64.RawURLEncoding.EncodeToString(random(tokenBytes)) }
