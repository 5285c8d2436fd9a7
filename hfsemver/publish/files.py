"""Files on disk: written whole or not at all, made where none is yet, continued by a line.

A failure is an ``OSError``: what the file was for, and what to type next, is known to whoever has it written.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_STREAMS: Final = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/")
"""Names of what is open already: even where a file is behind them, nothing is put in its place."""
_OPEN_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


def write_whole(path: Path, data: bytes) -> None:
    """Write a file by renaming a finished one over it: readers see the old bytes or the new ones, never a part.

    A link stays, and the file that it leads to is written. A device, a pipe or a stream is written to as it is, since
    nothing may be put in its place. A file that is replaced keeps its mode.
    """
    # Not strict, so that a link may lead to a file that is yet to be made.
    target = Path(os.path.realpath(path))
    mode = _mode(target)
    if str(path).startswith(_STREAMS) or not stat.S_ISREG(mode):
        _append(path, data)
    else:
        _replace(target, data, stat.S_IMODE(mode))


def write_inside(root: Path, path: str, data: bytes, aside: str = "") -> None:
    """Write a file of a folder whose content somebody else may have chosen, whole or not at all, as ``write_whole`` does.

    ``path`` has forward slashes; folders on the way are made. No step follows a link or goes up, which could lead out of
    ``root``, and only a regular file is replaced: anything else there is an error. What a kill leaves unfinished lies in the
    folder ``aside`` of ``root``, by default beside the file.
    """
    with contextlib.ExitStack() as stack:
        folder, name = stack.enter_context(_inside(root, path, makes=True))
        place = stack.enter_context(_inside(root, f"{aside}/{name}", makes=True))[0] if aside else folder
        _replace_in(folder, name, data, place)


def remove_inside(root: Path, path: str) -> None:
    """Remove a file of a folder, going there as ``write_inside`` does; nothing where it is gone already."""
    with contextlib.suppress(FileNotFoundError), _inside(root, path, makes=False) as (folder, name):
        os.unlink(name, dir_fd=folder)


@contextlib.contextmanager
def _inside(root: Path, path: str, *, makes: bool) -> Iterator[tuple[int, str]]:
    *folders, name = path.split("/")
    if not {"", ".", ".."}.isdisjoint((*folders, name)):
        raise OSError(errno.EINVAL, f"{path} is no path inside of a folder")
    handle = os.open(root, _OPEN_FOLDER)
    try:
        for folder in folders:
            if makes:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(folder, dir_fd=handle)
            inner = os.open(folder, _OPEN_FOLDER | os.O_NOFOLLOW, dir_fd=handle)
            os.close(handle)
            handle = inner
        yield handle, name
    finally:
        os.close(handle)


def write_executable(path: Path, data: bytes) -> None:
    """Write a program in one step, as ``write_whole`` does; a link is replaced, and what it leads to is not touched."""
    _replace(path, data, _masked(0o777))


def create_file(path: Path, data: bytes) -> bool:
    """Write a file that is not there yet, and the folders that lead to it; return whether it was written.

    A link counts as there, wherever it leads.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Exclusive, so that not even a file that appears right now is overwritten.
        stream = path.open("xb")
    except FileExistsError:
        return False
    try:
        with stream:
            stream.write(data)
    except BaseException:
        path.unlink(missing_ok=True)  # the next run would take a part of it for a file that is there already
        raise
    return True


def append_lines(path: Path, *lines: str) -> None:
    """Add lines to the end of a file, which is made when it is not there; only the last folder may be missing.

    All of them or none, with no new file left behind where there is no room. A link is an error, since it may lead to where
    nothing is kept, and so is a pipe that nobody reads.
    """
    data = "".join(f"{line}\n" for line in lines).encode()
    path.parent.mkdir(exist_ok=True)
    is_new = not os.path.lexists(path)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o644)
    try:
        # One call, so that the lines of two processes at a time do not mix.
        _write_at_once(handle, data)
    except OSError:
        if is_new and not os.fstat(handle).st_size:
            path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _write_at_once(handle: int, data: bytes) -> None:
    """Add to the end of a file, all or nothing: a part is cut off again, unless somebody else has written behind it."""
    written = os.write(handle, data)
    if written == len(data):
        return
    end, there = os.lseek(handle, 0, os.SEEK_CUR), os.fstat(handle)
    if stat.S_ISREG(there.st_mode) and there.st_size == end:
        os.ftruncate(handle, max(end - written, 0))
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _append(path: Path, data: bytes) -> None:
    try:
        with path.open("ab") as stream:
            stream.write(data)
    except BrokenPipeError:
        pass  # whoever read it has seen enough


def _replace(target: Path, data: bytes, mode: int) -> None:
    import tempfile  # here, because it takes longer to load than a line takes to write

    handle, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _replace_in(folder: int, name: str, data: bytes, place: int) -> None:
    mode = _masked(0o666)
    with contextlib.suppress(FileNotFoundError):
        there = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if not stat.S_ISREG(there):
            raise OSError(errno.EINVAL, f"{name} is no regular file")
        mode = stat.S_IMODE(there)
    temporary = f".{name}.{os.getpid()}"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=place)  # left by a process of that number that was killed
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=place)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(temporary, name, src_dir_fd=place, dst_dir_fd=folder)
    finally:
        with contextlib.suppress(FileNotFoundError):  # in its place
            os.unlink(temporary, dir_fd=place)


def _mode(target: Path) -> int:
    """Return kind and mode of the file that is replaced, else those that the umask gives a new one."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return stat.S_IFREG | _masked(0o666)


def _masked(mode: int) -> int:
    """Return a mode without what the umask takes away, which can be read only by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mode & ~mask
