"""The person's side: sign in with Okta in the browser, keep the tokens, call the tools."""
