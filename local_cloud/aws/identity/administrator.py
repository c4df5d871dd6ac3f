"""The one who may everything: the person whose local cloud this is."""

import hmac
from dataclasses import dataclass, field

from local_cloud.folder import OKTA_TOKEN, LocalFolder
from local_cloud.keys import Keys, read_keys


@dataclass(frozen=True)
class Administrator:
    """The key that opens the account, and the token that opens the switches."""

    keys: Keys
    switch_token: str = field(repr=False)

    @classmethod
    def of(cls, folder: LocalFolder) -> "Administrator":
        """
        The administrator of this root.

        Raises:
            LocalCloudError: a secret cannot be read.
        """
        return cls(read_keys(folder), folder.secret(OKTA_TOKEN))

    def has_key(self, access_key_id: str) -> bool:
        """Whether the key is the administrator's."""
        return hmac.compare_digest(access_key_id.encode(), self.keys.access_key_id.encode())
