package web

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// tokenScheme is what the description of the API calls the way to be known by a token.
const tokenScheme = "token"

// openAPI is the API for calls that strangers may make, too, unless everything needs an account. [server.identified] looks after that, and after scopes.
func (s *server) openAPI(api huma.API, scope string) huma.API {
	if !s.Auth {
		return api
	}
	with := []map[string][]string{{tokenScheme: {scope}}}
	if !s.Closed {
		with = append(with, map[string][]string{})
	}
	return secured(api, with)
}

// ownAPI is the API for calls about what is somebody's own: strangers are refused.
func (s *server) ownAPI(api huma.API, scope string) huma.API {
	if !s.Auth {
		return api
	}
	group := secured(api, []map[string][]string{{tokenScheme: {scope}}})
	group.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		if _, ok := s.ownerIn(ctx.Context()); ok {
			next(ctx)
			return
		}
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="mailtls"`)
		_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, needsAccount)
	})
	return group
}

// secured is the API for calls that are described as needing that.
func secured(api huma.API, with []map[string][]string) *huma.Group {
	group := huma.NewGroup(api)
	group.UseSimpleModifier(func(op *huma.Operation) {
		op.Security = with
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
	})
	return group
}
