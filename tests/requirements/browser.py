"""What a person meets in a real browser."""

_WCAG = "Web Content Accessibility Guidelines 2.2,"

REQUIREMENTS = {
    "keyboard": f"issue 4: the pages work with the keyboard; {_WCAG} 2.1.1",
    "focus": f"{_WCAG} 2.4.3, 2.4.7",
    "labels": f"{_WCAG} 1.3.1, 3.1.1, 3.3.2, 4.1.2",
    "wrong-password": f"{_WCAG} 3.3.1; a wrong password and an unknown name look the same",
    "session": "OpenID Connect Core §3.1.2.1",
    "error-page": "RFC 6749 §3.1.2.4: no redirect to an unregistered address",
    "response-modes": "OAuth 2.0 Multiple Response Type Encoding Practices §2.1; OAuth 2.0 Form Post Response Mode",
    "no-script": "OAuth 2.0 Form Post Response Mode §2; issue 4",
    "consent": "https://developer.okta.com/docs/guides/request-user-consent/; RFC 6749 §4.1.2.1",
    "device": "RFC 8628 §3.3; https://developer.okta.com/docs/guides/device-authorization-grant/",
    "login": "issue 4: our own callback page after a whole `mcp-okta login`; docs/architecture.md, contract 4",
    "readable": f"{_WCAG} 1.4.3; CSS Media Queries 5, prefers-color-scheme",
    "reflow": f"{_WCAG} 1.4.4, 1.4.10",
}
