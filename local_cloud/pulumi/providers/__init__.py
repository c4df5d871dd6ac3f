"""Stand-ins for the plugins `okta` and `aws`, which speak the clouds' own HTTP APIs."""
