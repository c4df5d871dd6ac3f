"""The key of the local AWS's administrator, made once per root: whoever has it runs code as this user."""

from dataclasses import dataclass, field

from local_cloud.folder import AWS_KEY_ID, AWS_KEY_SECRET, LocalFolder


@dataclass(frozen=True)
class Keys:
    """An access key, as the AWS SDKs have it."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)


def read_keys(folder: LocalFolder) -> Keys:
    """
    The administrator's key of this root.

    Raises:
        LocalCloudError: a file is not there or cannot be read.
    """
    return Keys(folder.secret(AWS_KEY_ID), folder.secret(AWS_KEY_SECRET))
