"""The deployed bytes on disk: each zip unpacked once, next to nothing else, and removed after its last use."""

import asyncio
import base64
import io
import os
import shutil
import stat
import zipfile
from collections import Counter
from pathlib import Path

from local_cloud.aws.account import Function
from local_cloud.aws.lambda_runtime.failures import not_runnable


class UnpackedCode:
    """The zips of one function, unpacked in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unpacking = asyncio.Lock()
        self._users: Counter[Path] = Counter()

    def place_of(self, function: Function) -> Path:
        """Where this version's code belongs."""
        return self._folder / base64.b64decode(function.code_sha256).hex()[:16]

    async def take(self, function: Function) -> Path:
        """
        Where the code is unpacked, for one more user; done in a thread, so that other requests go on.

        Raises:
            RuntimeFailed: this is not a zip.
        """
        root = self.place_of(function)
        self._users[root] += 1
        async with self._unpacking:
            try:
                await asyncio.to_thread(_unpack, function.code, root)
            except zipfile.BadZipFile as error:
                self._users[root] -= 1
                raise not_runnable("Runtime.InvalidZip", str(error)) from None
        return root

    async def give_back(self, root: Path, current: Function | None) -> None:
        """One user less; the code of an old version goes with its last one."""
        self._users[root] -= 1
        await self.remove_old(current)

    async def remove_old(self, current: Function | None) -> None:
        """Remove the code that nobody uses and that is not the function's any more."""
        kept = self.place_of(current) if current else None
        async with self._unpacking:
            old = [root for root, users in self._users.items() if users <= 0 and root != kept]
            for root in old:
                del self._users[root]
                await asyncio.to_thread(remove_tree, root)

    def remove(self) -> None:
        """Remove all of it."""
        remove_tree(self._folder)


def _unpack(code: bytes, root: Path) -> None:
    if root.exists():
        return
    temporary = root.with_suffix(".new")
    remove_tree(temporary)
    temporary.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(code)) as archive:
        archive.extractall(temporary)
    _make_read_only(temporary)
    temporary.rename(root)


def _make_read_only(root: Path) -> None:
    """
    Let nobody write here, the function neither; it has no effect on root.

    Source: AWS Lambda, execution environment: the code is mounted read-only, `/tmp` is the place to write.
    """
    for folder, _, files in os.walk(root, topdown=False):
        for path in (*(Path(folder, name) for name in files), Path(folder)):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o555)


def remove_tree(root: Path) -> None:
    """Remove a folder, if it is there, also where nobody may write in it."""
    if root.is_dir():
        root.chmod(0o700)
    for folder, names, _ in os.walk(root):
        for path in (Path(folder, name) for name in names):
            if not path.is_symlink():
                path.chmod(0o700)
    shutil.rmtree(root, ignore_errors=True)
