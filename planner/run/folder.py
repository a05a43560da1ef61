"""A folder that appears whole or not at all, whatever happens to the process or the disk.

The files are written into a hidden folder beside the wanted one (so on the same file system), brought to
the disk, and only then given the wanted name in one step. Killed before that step, the program leaves the old
state and a hidden folder, which the next run sweeps away.

A process that writes holds a lock on its hidden folder, and the system drops the lock when the process
ends, however it ends. That tells the remains of a dead process from the work of a live one more surely than a
process number would (numbers are used again, and differ between containers that share a disk).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import hashlib
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from planner.errors import PlannerError
from planner.interrupts import on_leaving
from planner.run.refusal import refuse
from planner.workbook.kind import RUN

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_NEW = ".planner-new"  # being written, or (after a swap) about to be deleted
_OLD = ".planner-old"  # the replaced folder, where the two cannot be swapped in one step
_SECONDS_UNTIL_STALE = 24 * 3600.0  # only where folders cannot be locked
_RENAME_EXCHANGE = 2
_AT_FDCWD = -100


class FolderError(PlannerError):
    """The disk (or a permission) did not let the folder be written; nothing of it is left."""


_hidden: set[Path] = set()  # what this process is writing


def _clear() -> None:
    for path in list(_hidden):
        shutil.rmtree(path, ignore_errors=True)


on_leaving(_clear)


@contextlib.contextmanager
def _hidden_folder(parent: Path, name: str) -> Iterator[Path]:
    """A locked hidden folder in `parent` for the block alone; what dead processes left there is swept away first."""
    sweep(parent)
    hidden: Path | None = None
    lock: int | None = None
    try:
        while lock is None:  # another run may sweep the folder before it is locked: then once more
            hidden = parent / f".{name}.{uuid.uuid4().hex[:12]}{_NEW}"
            _hidden.add(hidden)
            hidden.mkdir()  # its name is known before it exists, so that no interrupt leaves it behind
            lock = _lock(hidden, new=True)
        assert hidden is not None
        yield hidden
    finally:
        if hidden is not None:
            shutil.rmtree(hidden, ignore_errors=True)
            _hidden.discard(hidden)
        if lock is not None and lock >= 0:
            os.close(lock)


@contextlib.contextmanager
def whole_folder(target: Path, replace: bool = False, precious: Path | None = None) -> Iterator[Path]:
    """A hidden folder to write into; on leaving the block without an exception it becomes `target`.

    On an exception nothing is left of it and `target` is as it was. Raises UsageError where `target` may
    not be written (see `refuse`), FolderError where the disk fails.
    """
    target = target.resolve()
    refuse(target, replace, precious)
    with _written(target), _hidden_folder(target.parent, target.name) as hidden:
        yield hidden
        _bring_to_disk(hidden)
        refuse(target, replace, precious)  # somebody may have come in between
        _give_name(hidden, target)  # after a swap `hidden` holds the old folder


@contextlib.contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """The same for a single file: one in a hidden folder to write, which then takes the place of `target`."""
    target = target.resolve()
    with _written(target), _hidden_folder(target.parent, target.name) as hidden:
        file = hidden / target.name
        yield file
        _sync_file(file)
        file.replace(target)
        _sync_folder(target.parent)


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder among the system's temporary files, for the block alone."""
    with _hidden_folder(Path(tempfile.gettempdir()).resolve(), "scratch") as hidden:
        yield hidden


@contextlib.contextmanager
def own_temporary_files() -> Iterator[None]:
    """For the block, what libraries write among temporary files lies in a scratch folder: so nothing of it stays
    behind, and of a process that is killed the next one sweeps it away. For who has a process of their own.
    """
    before = tempfile.tempdir
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # without a place for temporary files who needs one says so
            tempfile.tempdir = str(stack.enter_context(scratch_folder()))
        try:
            yield
        finally:
            tempfile.tempdir = before


def lasting_temporary_folder() -> Path:
    """Where a temporary file stays when the command is over: beside its scratch folder.

    Raises OSError where there is no place.
    """
    folder = Path(tempfile.gettempdir())
    return folder.parent if folder in _hidden else folder


@contextlib.contextmanager
def _written(target: Path) -> Iterator[None]:
    """The parents of `target` are there; where nothing comes of it, those made for it go.

    Faults of the disk are reported.
    """
    made = _missing_parents(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
        made = []
    except OSError as fault:
        if not _is_about(fault, target):
            raise
        raise FolderError(f"{target} could not be written: {_in_words(fault)}") from fault
    finally:
        for parent in made:
            with contextlib.suppress(OSError):
                parent.rmdir()


def remove_run(target: Path, run_sha256: str) -> bool:
    """Take a run folder away in one step, if its run.json is still the one with that SHA-256; whether it was.

    Its name is gone at once; killed before its files are, the next run sweeps them away. Raises FolderError.
    """
    record = target / RUN
    if not record.is_file() or hashlib.sha256(record.read_bytes()).hexdigest() != run_sha256:
        return False
    hidden = target.parent / f".{target.name}.{uuid.uuid4().hex[:12]}{_NEW}"
    try:
        target.rename(hidden)
        _sync_folder(target.parent)
    except OSError as fault:
        raise FolderError(f"{target} could not be taken away: {_in_words(fault)}") from fault
    shutil.rmtree(hidden, ignore_errors=True)
    return True


@contextlib.contextmanager
def file_lock(path: Path) -> Iterator[bool]:
    """Hold the lock of a file while the block runs; False where another process holds it.

    The system drops the lock when the process ends, however it ends. The empty file is removed with the block, or by
    the next one. Raises FolderError where it cannot be made.
    """
    file = _locked(path)
    if file is None:
        yield False
        return
    try:
        yield True
    finally:
        if sys.platform == "win32":
            file.close()  # a file that is open is not removed there
        with contextlib.suppress(OSError):  # gone, or another has locked it
            path.unlink()
        file.close()


def _locked(path: Path) -> TextIO | None:
    """The file, open and locked; None where another process has locked it."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("a")
        except OSError as fault:
            raise FolderError(f"{path} could not be written: {_in_words(fault)}") from fault
        try:
            if sys.platform == "win32":
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            file.close()
            if fault.errno not in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                raise FolderError(f"{path} cannot be locked: {_in_words(fault)}") from fault
            return None
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        # The one who held it has removed it in the meantime: two would hold locks of two files of one name.
        file.close()


def sweep(parent: Path) -> None:
    """Delete what dead processes left half-written in `parent`; bring back what they had set aside."""
    for entry in sorted(parent.iterdir()):
        if not (entry.name.startswith(".") and entry.name.endswith((_NEW, _OLD)) and entry.is_dir()):
            continue
        lock = _lock(entry)
        if lock is None:
            continue
        original = parent / entry.name[1:].rsplit(".", 2)[0]
        if entry.name.endswith(_OLD) and not original.exists():
            with contextlib.suppress(OSError):
                entry.rename(original)
        else:
            shutil.rmtree(entry, ignore_errors=True)
        if lock >= 0:
            os.close(lock)


def _lock(folder: Path, new: bool = False) -> int | None:
    """A handle that holds the lock of `folder`; None where another process holds it or the folder is gone.

    Where folders cannot be locked: −1, for an existing folder only once it is old enough to be nobody's.
    """
    if sys.platform == "win32":
        return -1 if new or _is_old(folder) else None
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(handle), folder.stat()):
            return handle
    except BlockingIOError:
        pass
    except OSError as fault:  # a file system without locks, or the folder has gone
        if fault.errno != errno.ENOENT and (new or _is_old(folder)):
            return handle
    os.close(handle)
    return None


def _is_old(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - folder.stat().st_mtime > _SECONDS_UNTIL_STALE
    return False


def _give_name(hidden: Path, target: Path) -> None:
    """Make `hidden` the folder `target`; what was there is at `hidden` (or nowhere) afterwards."""
    if sys.platform == "win32" and target.exists() and not any(target.iterdir()):
        target.rmdir()  # elsewhere an empty folder is overwritten by the rename
    if not target.exists() or not any(target.iterdir()):
        hidden.rename(target)
    elif not _swap(hidden, target):
        aside = hidden.with_name(hidden.name.removesuffix(_NEW) + _OLD)
        target.rename(aside)
        hidden.rename(target)
        shutil.rmtree(aside, ignore_errors=True)
    _sync_folder(target.parent)


def _swap(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return int(renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE)) == 0


def _bring_to_disk(folder: Path) -> None:
    """Files first, then the folders that name them; a full disk may only show here."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _sync_file(path)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            _sync_folder(path)
    _sync_folder(folder)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):  # some file systems do not sync folders
            raise
    finally:
        os.close(handle)


def _missing_parents(target: Path) -> list[Path]:
    """The parents that will have to be made, innermost first."""
    return [parent for parent in target.parents if not parent.exists()]


_DISK = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "a file grew larger than is allowed here",
    errno.EIO: "the disk does not work",
}


def _is_about(fault: OSError, target: Path) -> bool:
    """Is it the disk's fault, or that of a path beside `target`? All others are faults of the program."""
    beside = fault.filename is not None and Path(os.fsdecode(fault.filename)).is_relative_to(target.parent)
    return beside or fault.errno in _DISK


def _in_words(fault: OSError) -> str:
    return _DISK.get(fault.errno or 0, fault.strerror or str(fault))
