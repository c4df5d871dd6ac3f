"""
The function's zip: byte for byte repeatable, cached by what goes into it.

Two layers, so that a changed line of ours does not reinstall the dependencies: the lock's packages in one zip,
and a copy of it with `lambda_server` appended.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from infra import dependencies
from infra.dependencies import Target
from infra.errors import BundleFailed

__all__ = ["HANDLER", "Sources", "Target", "build_bundle"]

HANDLER = "lambda_server.handler.handler"  # what Lambda calls in the zip
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold
MODE = 0o100644 << 16
LEFT_OUT = ("__main__.py", "__pycache__", "tests")
KEPT = 8  # of each layer; older files of the cache go
PAUSE_SECONDS = 0.2
ROUNDS = 3000  # ten minutes: longer than any build
wait = time.sleep


@dataclass(frozen=True)
class Sources:
    """What the zip is made from: our package, and the lock of its dependencies."""

    package: Path
    lock: Path

    @classmethod
    def of(cls, root: Path) -> "Sources":
        """The sources of the repository at `root`."""
        return cls(package=root / "lambda_server", lock=root / "requirements" / "lambda.txt")

    def files(self) -> list[Path]:
        """Our files that go into the zip, in order."""
        return [path for path in sorted(self.package.rglob("*")) if path.is_file() and not self._left_out(path)]

    def _left_out(self, path: Path) -> bool:
        parts = path.relative_to(self.package).parts
        return any(part in LEFT_OUT or part.startswith(".") for part in parts)


def build_bundle(sources: Sources, target: Target, cache: Path, warn: Callable[[str], None] = print) -> Path:
    """
    The zip of the sources for the target, built or taken from the cache.

    Raises:
        BundleFailed: the dependencies could not be installed, a module does not compile, or another build does not end.
    """
    interpreter = dependencies.find_interpreter(target.python)
    if interpreter is None:
        warn(f"no Python {target.python} on this machine: the zip has no bytecode, so cold starts take twice as long")
    layer_key = hash_layer(sources.lock, target, compiled=interpreter is not None)
    bundle = cache / f"bundle-{hash_bundle(sources, layer_key)}.zip"
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(cache, warn):
        if not bundle.exists():
            layer = build_layer(sources.lock, target, interpreter, cache / f"layer-{layer_key}.zip")
            append_package(sources, layer, interpreter, bundle)
        os.utime(bundle)
        retire(cache)
    return bundle


def hash_layer(lock: Path, target: Target, compiled: bool) -> str:
    """What decides the bytes of the dependencies' layer."""
    recipe = [Path(dependencies.__file__).read_bytes(), Path(__file__).read_bytes(), lock.read_bytes()]
    words = [target.python, target.architecture, str(compiled)]
    return digest([*recipe, *(word.encode() for word in words)])


def hash_bundle(sources: Sources, layer_key: str) -> str:
    """What decides the bytes of the whole zip."""
    parts = [layer_key.encode()]
    for path in sources.files():
        parts += [str(path.relative_to(sources.package)).encode(), path.read_bytes()]
    return digest(parts)


def digest(parts: list[bytes]) -> str:
    """One name for a list of byte strings, wherever one ends and the next begins."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:32]


def build_layer(lock: Path, target: Target, interpreter: str | None, layer: Path) -> Path:
    """The dependencies, installed, pruned, compiled and zipped."""
    if layer.exists():
        os.utime(layer)
        return layer
    with staging(layer.parent) as directory:
        dependencies.install(lock, target, directory / "task")
        dependencies.prune(directory / "task")
        if interpreter:
            dependencies.compile_modules(directory / "task", interpreter)
        write_entries(directory / "layer.zip", directory / "task")
        (directory / "layer.zip").replace(layer)
    return layer


def append_package(sources: Sources, layer: Path, interpreter: str | None, bundle: Path) -> None:
    """The layer with our package behind it."""
    with staging(bundle.parent) as directory:
        for path in sources.files():
            copy = directory / "task" / sources.package.name / path.relative_to(sources.package)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        if interpreter:
            dependencies.compile_modules(directory / "task", interpreter)
        shutil.copyfile(layer, directory / "bundle.zip")
        write_entries(directory / "bundle.zip", directory / "task")
        (directory / "bundle.zip").replace(bundle)


def write_entries(archive: Path, directory: Path) -> None:
    """Add the folder's files to the zip: sorted, with one time, one mode and one compression."""
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    with zipfile.ZipFile(archive, "a") as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = MODE
            entry.create_system = 3
            target.writestr(entry, files[name].read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=6)


@contextmanager
def staging(parent: Path) -> Iterator[Path]:
    """A folder beside the result, so that the last step is an atomic rename; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="building-", dir=parent) as name:
        yield Path(name)


@contextmanager
def locked(cache: Path, warn: Callable[[str], None]) -> Iterator[None]:
    """
    One build at a time: two stacks that go up together wait for each other instead of building twice.

    Raises:
        BundleFailed: another program keeps the lock.
    """
    with (cache / "lock").open("w") as lock:
        if not taken(lock):
            warn(
                f"another program builds in {cache}; waiting for it, at most {ROUNDS * PAUSE_SECONDS / 60:.0f} minutes"
            )
            await_lock(lock)
        yield


def await_lock(lock: IO[str]) -> None:
    """
    Try until the lock is ours.

    Raises:
        BundleFailed: it is not after all rounds.
    """
    for _ in range(ROUNDS):
        wait(PAUSE_SECONDS)
        if taken(lock):
            return
    raise BundleFailed(
        f"another program still builds the zip, or hangs: it holds {lock.name}",
        f"see which it is (fuser -v {lock.name}), end it if it hangs, then run it again",
    )


def taken(lock: IO[str]) -> bool:
    """Whether the lock is ours now."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def retire(cache: Path) -> None:
    """Forget the oldest files, and the folders of builds that were killed."""
    for pattern in ("bundle-*.zip", "layer-*.zip"):
        for path in sorted(cache.glob(pattern), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
            path.unlink()
    for path in cache.glob("building-*"):
        shutil.rmtree(path, ignore_errors=True)
