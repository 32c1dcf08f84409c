package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"siteward/appliance"
)

// Token is an API token without its secret.
type Token struct {
	ID      ID         `json:"id"`
	Name    string     `json:"name"`
	Role    string     `json:"role"`
	By      string     `json:"by"`
	Created time.Time  `json:"created"`
	Expires time.Time  `json:"expires"`
	Used    *time.Time `json:"used,omitempty" doc:"Last use, to the hour."`
}

// NewToken is the answer to making one.
type NewToken struct {
	Name    string    `json:"name"`
	Role    string    `json:"role"`
	Expires time.Time `json:"expires"`
	Secret  string    `json:"secret" doc:"Shown this once."`
}

func (a *API) tokenRoutes() {
	register(a, operation("GET", "/tokens", "listTokens", "List API tokens"), a.listTokens)
	create := operation("POST", "/tokens", "createToken", "Make an API token", 409)
	create.DefaultStatus = http.StatusCreated
	register(a, create, a.createToken)
	huma.Register(a.huma, operation("DELETE", "/tokens/{id}", "deleteToken", "End an API token", 404), a.deleteToken)
}

func (a *API) listTokens(ctx context.Context, in *Paging) (*pageOutput[Token], error) {
	list, err := a.app.Tokens(ctx)
	if err != nil {
		return nil, a.fail("listTokens", err)
	}
	p, err := page(mapped(list, tokenOf), *in, orders[Token]{
		"id":      func(x, y Token) int { return cmp.Compare(x.ID, y.ID) },
		"name":    func(x, y Token) int { return fold(x.Name, y.Name) },
		"expires": func(x, y Token) int { return x.Expires.Compare(y.Expires) },
	}, "name")
	return p, a.fail("listTokens", err)
}

func tokenOf(t appliance.Token) Token {
	return Token{ID: t.ID, Name: t.Name, Role: string(t.Role), By: t.By, Created: t.Created, Expires: t.Expires, Used: when(t.Used)}
}

func (a *API) createToken(ctx context.Context, in *struct {
	Body struct {
		Name    string    `json:"name" minLength:"1" maxLength:"64"`
		Role    string    `json:"role" enum:"viewer,keyuser,technician,administrator"`
		Expires time.Time `json:"expires" doc:"Within two years."`
	}
}) (*struct{ Body NewToken }, error) {
	secret, err := a.app.NewToken(ctx, actor(ctx), in.Body.Name, appliance.Role(in.Body.Role), in.Body.Expires)
	if err != nil {
		return nil, a.fail("createToken", err)
	}
	return &struct{ Body NewToken }{NewToken{in.Body.Name, in.Body.Role, in.Body.Expires, secret}}, nil
}

func (a *API) deleteToken(ctx context.Context, in *RecordKey) (*struct{}, error) {
	return nil, a.fail("deleteToken", a.app.DeleteToken(ctx, actor(ctx), in.ID))
}
