"""Who signs the requests: a valid token, else a refresh, else the browser; more scope when the server asks for it."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence

import anyio
import httpx2

from client.browser import Browser
from client.challenge import name_scopes, needed_scopes, needs_more_scope
from client.claims import person_of
from client.errors import NetworkError, NotAllowed, ServerError, SignInFailed
from client.exchange import Exchange
from client.login import authorize, refresh
from client.outputs import Outputs
from client.remedies import no_browser
from client.revocation import revoke_quietly
from client.step_up import Denials, check_same_person, check_something_new
from client.tokens import Notice, Tokens, TokenStore, tell_person

SIGN_IN_SECONDS = 300  # for a person to finish it in the browser

SignedIn = Callable[[Tokens], None]


class OktaAuth(httpx2.Auth):
    """
    The authorization of one session's requests.

    Source: ADR 0004; the SDK's provider does the protocol, this decides when.
    """

    def __init__(
        self,
        outputs: Outputs,
        store: TokenStore,
        exchange: Exchange,
        browser: Browser | None,
        wait_seconds: float,
        signed_in: SignedIn | None = None,
        notice: Notice = tell_person,
    ) -> None:
        """
        Know the server and the person's store.

        Args:
            wait_seconds: for a person to finish a sign-in.
            signed_in: is told of each sign-in that was finished.
            notice: is told of tokens that could not be ended.
        """
        self._outputs = outputs
        self._store = store
        self._exchange = exchange
        self._browser = browser
        self._wait_seconds = wait_seconds
        self._signed_in = signed_in
        self._notice = notice
        self._turn = anyio.Lock()
        self._spent: str | None = None
        self._denials = Denials()

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Send the request with the best token there is, and once more after each thing that improves it."""
        tokens = await self._current()
        response = yield bearing(request, tokens)
        if response.status_code == 401 and tokens is not None:
            tokens, refused = await self._renewed(tokens), tokens
            if tokens.access_token != refused.access_token:
                response = yield bearing(request, tokens)
        if response.status_code == 401:
            tokens = await self.sign_in(response, tokens)
            response = yield bearing(request, tokens)
        if tokens is not None and needs_more_scope(response):
            tokens = await self._step_up(response, tokens)
            yield bearing(request, tokens)

    async def _current(self) -> Tokens | None:
        """The stored tokens, renewed a little early; while Okta is in trouble, the old ones until they end."""
        tokens = self._store.load(self._outputs.account)
        if tokens is None or not tokens.expired(time.time()):
            return tokens
        try:
            return await self._renewed(tokens)
        except (NetworkError, ServerError):
            if tokens.expired(time.time(), slack_seconds=0):
                raise
            return tokens

    async def _renewed(self, old: Tokens) -> Tokens:
        """
        Tokens that are newer than the old ones: from the store, if another process was faster, else from Okta.

        When Okta no longer takes the refresh token, the old tokens come back.
        """
        account = self._outputs.account
        async with self._store.lock(account):
            stored = self._store.load(account)
            if stored is None or stored.access_token != old.access_token:
                return stored or old
            if stored.refresh_token in (None, self._spent):
                return old
            new = await refresh(self._outputs, stored, self._exchange)
            if new is None:
                self._spent = stored.refresh_token
                return old
            self._store.save(account, new)
            return new

    async def sign_in(self, refusal: httpx2.Response, old: Tokens | None, fresh: bool = False) -> Tokens:
        """
        Ask for the scopes that the refusal names, or the base scopes; `fresh` asks even if somebody else just did.

        Raises:
            SignInNeeded: there is no browser.
            NotAllowed, SignInFailed, …: see `authorize`.
        """
        async with self._turn:
            stored = None if fresh else self._store.load(self._outputs.account)
            if stored is not None and (old is None or stored.access_token != old.access_token):
                return stored
            name_scopes(refusal, self._outputs.base_scopes)
            return await self._ask(refusal, None)

    async def _step_up(self, refusal: httpx2.Response, old: Tokens) -> Tokens:
        """
        Ask for the scopes that the refusal names, on top of those there are; once per request.

        Raises:
            NotAllowed: Okta denies them, or did before; or there is nothing new to ask for.
            SignInNeeded, SignInFailed, …: see `_ask`.
        """
        needed = needed_scopes(refusal)
        async with self._turn:
            stored = self._store.load(self._outputs.account) or old
            if stored.access_token != old.access_token and set(needed) <= set(stored.scopes):
                return stored
            check_something_new(self._outputs, stored, needed)
            self._denials.check(person_of(stored), needed)
            try:
                return await self._ask(refusal, stored, needed)
            except NotAllowed as denial:
                self._denials.keep(person_of(stored), denial)
                raise

    async def _ask(self, refusal: httpx2.Response, start: Tokens | None, needed: Sequence[str] = ()) -> Tokens:
        """
        Ask the person, keep the answer, and end what it replaces: Okta would keep the old refresh token alive.

        Raises:
            SignInFailed: another person than `start`'s answered; their tokens are ended.
        """
        if self._browser is None:
            raise no_browser(self._outputs, [scope for scope in needed if start and scope not in start.scopes])
        new = await authorize(self._outputs, start, refusal, self._exchange, self._browser, self._wait_seconds)
        if start is not None:
            await self._refuse_another_person(start, new)
        await replace(self._outputs, self._store, new, self._exchange, self._notice)
        if self._signed_in is not None:
            self._signed_in(new)
        return new

    async def _refuse_another_person(self, old: Tokens, new: Tokens) -> None:
        try:
            check_same_person(self._outputs, old, new)
        except SignInFailed:
            await revoke_quietly(new, self._exchange, self._notice)
            raise


async def replace(outputs: Outputs, store: TokenStore, new: Tokens, exchange: Exchange, notice: Notice) -> None:
    """Keep new tokens, and end those that they supersede."""
    account = outputs.account
    async with store.lock(account):
        superseded = store.load(account)
        store.save(account, new)
    if superseded is not None:
        await revoke_quietly(superseded, exchange, notice)


def bearing(request: httpx2.Request, tokens: Tokens | None) -> httpx2.Request:
    """The request with the access token, or with none."""
    return bearing_text(request, tokens.access_token if tokens else None)


def bearing_text(request: httpx2.Request, token: str | None) -> httpx2.Request:
    """The request with this token, or with none (RFC 6750 §2.1)."""
    request.headers.pop("Authorization", None)
    if token is not None:
        request.headers["Authorization"] = f"Bearer {token}"
    return request
