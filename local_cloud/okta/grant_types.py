"""
The grant types that Okta knows, by the names that go over the wire.

Source: https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/ (token); RFC 6749, RFC 8628 §3.4.
"""

_URN = "urn:ietf:params:oauth:grant-type:"
CODE, REFRESH, CLIENT = "authorization_code", "refresh_token", "client_credentials"
IMPLICIT, PASSWORD, INTERACTION = "implicit", "password", "interaction_code"
DEVICE, TOKEN_EXCHANGE = f"{_URN}device_code", f"{_URN}token-exchange"
JWT_BEARER, SAML_BEARER = f"{_URN}jwt-bearer", f"{_URN}saml2-bearer"
CIBA = "urn:openid:params:grant-type:ciba"
# Kept with apps and rules, as Okta keeps them, and refused where tokens are asked for.
NOT_BUILT = (IMPLICIT, PASSWORD, INTERACTION, TOKEN_EXCHANGE, JWT_BEARER, SAML_BEARER, CIBA)
