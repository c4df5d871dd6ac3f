"""Who am I: what the checked token says about the caller."""

from datetime import UTC, datetime

from pydantic import BaseModel, Field

from lambda_server.tools.caller import caller


class Identity(BaseModel):
    """What the server knows about the caller."""

    subject: str = Field(description="The person's Okta login, or the client id of a service")
    user_id: str | None = Field(description="The person's Okta id, which never changes; null for a service")
    client_id: str = Field(description="The Okta app that asked for the token")
    scopes: list[str] = Field(description="What the token allows")
    expires_at: str = Field(description="When the token expires (UTC)")
    issuer: str = Field(description="The authorization server that issued the token")
    audience: str = Field(description="The MCP server that the token is for")


async def whoami() -> Identity:
    """Tell who is calling: the person, the app, the scopes granted, and when the sign-in expires."""
    access = caller()
    claims = access.claims or {}
    return Identity(
        subject=access.subject or access.client_id,
        user_id=claims.get("uid"),
        client_id=access.client_id,
        scopes=access.scopes,
        expires_at=datetime.fromtimestamp(access.expires_at or 0, UTC).isoformat(),
        issuer=str(claims.get("iss")),
        audience=str(claims.get("aud")),
    )
