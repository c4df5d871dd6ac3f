"""What a person wrote into `Pulumi.STACK.yaml` outlives the stack; what the product and the engine wrote does not."""

import re
from pathlib import Path
from typing import Any

from environments.config import REGION, STACK_ID, read_settings

# The engine's, for secrets: a new stack's passphrase would not fit, and without secrets nobody misses them.
ENGINES_OWN = ("encryptionsalt", "encryptedkey", "secretsprovider")
OURS = (STACK_ID,)
# Written by `up` as well, and no reason to keep a file in which nothing else is.
NOT_ALONE = {REGION}
OUR_LINE = re.compile(
    rf"^(?:{'|'.join(ENGINES_OWN)}|[ \t]+[\"']?(?:{'|'.join(map(re.escape, OURS))})[\"']?):.*\n?", re.MULTILINE
)


def persons_own(path: Path) -> tuple[str, list[str]]:
    """
    The text to keep of a stack's configuration, and the settings in it; nothing where no person wrote into it.

    A file with secrets is kept whole: they are readable with its salt and passphrase only.

    Source: Pulumi, stack configuration: each setting that is no object is one line.
    """
    document = read_settings(path)
    text = path.read_text() if document else ""
    config = {key: value for key, value in (document.get("config") or {}).items() if key not in OURS}
    others = [key for key in document if key not in (*ENGINES_OWN, "config")]
    if not config.keys() - NOT_ALONE and not others:
        return "", []
    return text if _has_secrets(config) else OUR_LINE.sub("", text), [*config, *others]


def _has_secrets(value: Any) -> bool:
    if isinstance(value, dict):
        return "secure" in value or any(_has_secrets(item) for item in value.values())
    return isinstance(value, list) and any(_has_secrets(item) for item in value)
