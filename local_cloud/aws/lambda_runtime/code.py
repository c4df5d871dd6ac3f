"""The deployed bytes on disk: each zip unpacked once, next to nothing else."""

import asyncio
import hashlib
import io
import shutil
import zipfile
from pathlib import Path

from local_cloud.aws.lambda_runtime.environment import RuntimeFailed


class UnpackedCode:
    """The zips of one function, unpacked in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._unpacking = asyncio.Lock()

    async def task_root(self, code: bytes) -> Path:
        """
        Where these bytes are unpacked; done in a thread, so that other requests go on.

        Raises:
            RuntimeFailed: this is not a zip.
        """
        async with self._unpacking:
            try:
                return await asyncio.to_thread(self._unpack, code)
            except zipfile.BadZipFile as error:
                text = f"INIT_REPORT Status: error\tError Type: Runtime.InvalidZip: {error}"
                raise RuntimeFailed("Runtime.InvalidZip", text) from None

    def _unpack(self, code: bytes) -> Path:
        root = self._folder / hashlib.sha256(code).hexdigest()[:16]
        if not root.exists():
            temporary = root.with_suffix(".new")
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir(parents=True)
            with zipfile.ZipFile(io.BytesIO(code)) as archive:
                archive.extractall(temporary)
            temporary.rename(root)
        return root

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self._folder, ignore_errors=True)
