"""Go's go-oidc and oauth2 against the local Okta, without knowing. Source: issue 4; OpenID Connect Core, RFC 6749."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.contract.clients.people import sign_in
from tests.contract.clients.served_org import ServedOrg
from tests.local_cloud.okta.org import AUDIENCE, CALLBACK
from tests.requirements import requirement

SOURCE = Path(__file__).parent / "relying_party"


@pytest.fixture(scope="module")
def relying_party(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program in `relying_party/`, built where there are Go and its modules."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("Go is not on PATH: https://go.dev/doc/install")
    fetched = subprocess.run([go, "mod", "download"], cwd=SOURCE, capture_output=True, text=True, timeout=120)
    if fetched.returncode:
        pytest.skip(f"the modules of tests/contract/clients/relying_party cannot be fetched: {fetched.stderr[-300:]}")
    program = tmp_path_factory.mktemp("go") / "relying_party"
    built = subprocess.run(
        [go, "build", "-buildvcs=false", "-o", program, "."], cwd=SOURCE, capture_output=True, text=True, timeout=300
    )
    assert built.returncode == 0, built.stderr
    return program


async def run(program: Path, org: ServedOrg, login: str) -> dict[str, Any]:
    """Run the relying party with that person at the browser; its report."""
    args = (org.server["issuer"], org.client["id"], CALLBACK, AUDIENCE)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(program, *args, stdin=pipe, stdout=pipe, stderr=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    with anyio.fail_after(30):
        url = (await process.stdout.readline()).decode().strip()
        async with org.browser() as browser:
            answer = await sign_in(browser, url, login)
        out, err = await process.communicate(f"{answer}\n".encode())
    assert process.returncode == 0, err.decode()
    return json.loads(out)


@requirement("contract:go-oidc")
@pytest.mark.anyio
async def test_a_relying_party_in_go_is_content(relying_party: Path, served: ServedOrg) -> None:
    """Discovery, PKCE, ID token with nonce and at_hash, userinfo, refresh with rotation, audience (go-oidc)."""
    await served.deploy()
    report = await run(relying_party, served, "reader@example.com")

    assert report.pop("subject") == report.pop("userinfo")
    assert report == {
        "name": "reader@example.com",
        "email": "reader@example.com",
        "rotated": True,
        "for_us": True,
        "for_others": False,
    }
