// A relying party in Go: prints the address to open, reads where the browser came back to, and tells what it got.
//
// Usage: relying_party ISSUER CLIENT_ID CALLBACK AUDIENCE
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/url"
	"os"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type report struct {
	Name      string `json:"name"`
	Subject   string `json:"subject"`
	UserInfo  string `json:"userinfo"`
	Email     string `json:"email"`
	Rotated   bool   `json:"rotated"`
	ForUs     bool   `json:"for_us"`
	ForOthers bool   `json:"for_others"`
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	provider := must(oidc.NewProvider(ctx, os.Args[1]))
	config := oauth2.Config{
		ClientID:    os.Args[2],
		RedirectURL: os.Args[3],
		Endpoint:    provider.Endpoint(),
		Scopes:      []string{oidc.ScopeOpenID, "profile", "email", oidc.ScopeOfflineAccess, "mcp:read"},
	}
	config.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	verifier := oauth2.GenerateVerifier()
	fmt.Println(config.AuthCodeURL("the-state", oidc.Nonce("the-nonce"), oauth2.S256ChallengeOption(verifier)))
	token := must(config.Exchange(ctx, code(), oauth2.VerifierOption(verifier)))
	must(0, json.NewEncoder(os.Stdout).Encode(examine(ctx, provider, config, token)))
}

// code reads the answer and checks its state.
func code() string {
	line := must(bufio.NewReader(os.Stdin).ReadString('\n'))
	query := must(url.Parse(line[:len(line)-1])).Query()
	if query.Get("state") != "the-state" {
		log.Fatalf("the state is %q", query.Get("state"))
	}
	return query.Get("code")
}

// examine verifies the tokens, asks who it is, and refreshes.
func examine(ctx context.Context, provider *oidc.Provider, config oauth2.Config, token *oauth2.Token) report {
	raw, _ := token.Extra("id_token").(string)
	id := must(provider.Verifier(&oidc.Config{ClientID: config.ClientID}).Verify(ctx, raw))
	if id.Nonce != "the-nonce" {
		log.Fatalf("the nonce is %q", id.Nonce)
	}
	must(0, id.VerifyAccessToken(token.AccessToken))
	var claims struct {
		Name string `json:"preferred_username"`
	}
	must(0, id.Claims(&claims))
	person := must(provider.UserInfo(ctx, oauth2.StaticTokenSource(token)))
	again := must(config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken}).Token())
	return report{
		Name:      claims.Name,
		Subject:   id.Subject,
		UserInfo:  person.Subject,
		Email:     person.Email,
		Rotated:   again.RefreshToken != token.RefreshToken && again.AccessToken != token.AccessToken,
		ForUs:     accepts(ctx, provider, os.Args[4], again.AccessToken),
		ForOthers: accepts(ctx, provider, "api://default", again.AccessToken),
	}
}

// accepts tells whether a resource server with this audience takes the access token.
func accepts(ctx context.Context, provider *oidc.Provider, audience, token string) bool {
	_, err := provider.Verifier(&oidc.Config{ClientID: audience}).Verify(ctx, token)
	return err == nil
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
