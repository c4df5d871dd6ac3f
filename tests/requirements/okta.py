"""The local Okta."""

_FACTS = "docs/facts/okta.md §"
_REFERENCE = "https://developer.okta.com/docs/"

REQUIREMENTS = {
    "plugin-traffic": "recorded requests of the real Okta plugin: tests/vectors/okta-plugin/okta-plugin-traffic.jsonl",
    "status-codes": f"{_FACTS}9: 201 for authorization-server objects, 200 for apps and groups, 204 for deletes",
    "api-token": f"{_REFERENCE}reference/error-codes/ E0000011; docs/facts/okta.md §9: SSWS with and without a space",
    "absolute-form": "RFC 9112 §3.2.2; recorded from the real Okta plugin",
    "unknown-refused": "docs/architecture.md: unknown means refused, 501 with the name",
    "malformed": "issue 4: no malformed request gets a 500",
    "paging": f"{_REFERENCE}api/#pagination",
    "one-audience": f"{_FACTS}3: one audience per authorization server",
    "rule-lifetimes": f"{_FACTS}8: access ≤ window ≤ refresh lifetime",
    "deactivate-first": f"{_REFERENCE}reference/error-codes/ E0000056",
    "unique-names": f"{_REFERENCE}reference/error-codes/ E0000001",
    "metadata": "RFC 8414 §3; docs/facts/okta.md §1",
    "sign-in": "RFC 6749 §4.1, RFC 7636; docs/facts/okta.md §2",
    "access-token": f"{_FACTS}2: header {{kid, alg}}, scp as a list, cid, uid, one audience",
    "error-page": "RFC 6749 §3.1.2.4; docs/facts/okta.md §2",
    "pkce": "RFC 7636 §4.4.1, §4.6",
    "unassigned": f"{_FACTS}8: a person who is not assigned gets no token",
    "policy": f"{_FACTS}8: first match wins, all scopes or none",
    "policy-decides": "issue 3: a rule edited through the Management API, the same sign-in ends differently",
    "session": "OpenID Connect Core §3.1.2.1: prompt none, login; max_age",
    "consent": f"{_REFERENCE}guides/request-user-consent/ (the table of prompt, consent_method and scope)",
    "rotation": f"{_FACTS}2: rotation, leeway, reuse ends the family",
    "client-credentials": "RFC 6749 §4.4, RFC 7523 §3",
    "introspection": "RFC 7662; docs/facts/okta.md §2",
    "revocation": "RFC 7009",
    "claims": f"{_REFERENCE}guides/customize-tokens-returned-from-okta/",
    "key-rotation": f"{_FACTS}2: two or three keys at once",
    "state-file": "issue 4: state survives a restart; secret files are 0600",
    "rate-limit": "https://developer.okta.com/docs/reference/rl-best-practices/; docs/facts/okta.md §9",
    "clock": "brief: tests move the clock, nobody waits",
}
