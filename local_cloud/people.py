"""The people of the local Okta, as its seed file has them: who may sign in, and with what."""

import json
from pathlib import Path
from typing import Any

from local_cloud.errors import LocalCloudError

SEED_FILE = Path(__file__).parent / "okta" / "seed.json"


def read_people(seed_file: Path = SEED_FILE) -> list[dict[str, Any]]:
    """
    List the people: name (their login), password, groups.

    Raises:
        LocalCloudError: the seed file cannot be read or lacks something.
    """
    try:
        users = json.loads(seed_file.read_text())["users"]
        return [{"name": user["login"], "password": user["password"], "groups": list(user["groups"])} for user in users]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise LocalCloudError(
            f"the local Okta's seed file {seed_file} is wrong: {type(error).__name__}", remedy=f"mend {seed_file}"
        ) from error
