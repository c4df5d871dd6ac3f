"""The OAuth and OpenID Connect endpoints of every authorization server, and the pages that people see."""
