// Package openid signs people in by an OpenID provider: OpenID Connect Core 1.0, by the authorization code flow (Section 3.1) with PKCE (RFC 7636).
package openid
