"""The account that is named is the one that is changed."""

from pathlib import Path

import pytest

from environments.accounts import Clouds
from tests.requirements import requirement

REGION = {"AWS_REGION": "eu-west-1"}


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A person whose profile and whose keys in the environment open two accounts."""
    (tmp_path / "config").write_text("")
    (tmp_path / "credentials").write_text("[work]\naws_access_key_id=PROFILE\naws_secret_access_key=x\n")
    known = {
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_ACCESS_KEY_ID": "KEYS",
        "AWS_SECRET_ACCESS_KEY": "y",
        **REGION,
    }
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return known


def opened(clouds: Clouds) -> str:
    """The key that an AWS session uses."""
    found = clouds.session().get_credentials()
    assert found is not None
    return str(found.access_key)


@requirement("environments:same-account")
def test_keys_in_the_environment_come_before_its_profile(
    profile: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for the plugin (AWS SDK for Go, credential chain); a profile counts as explicit only where one says it."""
    monkeypatch.setenv("AWS_PROFILE", "work")
    clouds = Clouds.of({}, {**profile, "AWS_PROFILE": "work"})

    assert opened(clouds) == "KEYS"
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert opened(clouds) == "PROFILE"


@requirement("environments:same-account")
def test_the_stacks_own_profile_comes_before_keys_in_the_environment(profile: dict[str, str]) -> None:
    """As for the plugin, which is told that profile by name (Pulumi, AWS provider)."""
    assert opened(Clouds.of({"aws:profile": "work"}, profile)) == "PROFILE"
