"""List what differs between two releases: files, fields of the card and chat templates; weights have a module of their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from hfsemver.core.change import Change, ChangeKind
from hfsemver.core.errors import EvidenceMissing
from hfsemver.core.escape import clipped
from hfsemver.core.location import Location, unsharded
from hfsemver.diff.files.files import ANY_SIZE
from hfsemver.releases.source import FileKind
from hfsemver.reports.figures import size
from hfsemver.reports.lines import count
from hfsemver.tensors import Band
from hfsemver.workflows.weight_changes import tensor_changes, value_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hfsemver.core.card import YamlValue
    from hfsemver.diff.release import ReleaseDiff
    from hfsemver.diff.template.template import TemplateChange
    from hfsemver.releases.source import FileInfo

LONGEST = 1000
"""Characters of one field of a card; a card may hold tables of results."""


def list_changes(diff: ReleaseDiff) -> tuple[Change, ...]:
    """Return every change, part by part; what could not be compared is in the list too. Empty for a first release."""
    parts = (_files, _fields, _templates, tensor_changes, value_changes)
    return tuple(change for part in parts for change in _told(part, diff)) if diff.baseline is not None else ()


def _told(part: Callable[[ReleaseDiff], Iterator[Change]], diff: ReleaseDiff) -> Iterator[Change]:
    try:
        yield from part(diff)
    except EvidenceMissing as missing:
        reason = missing.problem.removeprefix(f"{missing.where}: ")
        yield Change(kind=ChangeKind.UNKNOWN, location=Location(file=missing.where), words=reason)


def _files(diff: ReleaseDiff) -> Iterator[Change]:
    """Fold the shards of one set; a set that was split otherwise is one change."""
    old = diff.baseline.files if diff.baseline is not None else {}
    new = diff.current.files
    states = {path: _differs(diff, path) for path in diff.files.kept}
    changed = _sets(path for path, differs in states.items() if differs)
    told = {unread.file for unread in diff.values.unread}  # with the reason, among the values
    unsettled = _sets(path for path, differs in states.items() if differs is None and path not in told)
    added, removed = _sets(diff.files.added), _sets(diff.files.removed)
    for name in sorted({*added, *removed, *changed, *unsettled}):
        came, went = added.get(name, []), removed.get(name, [])
        if came and went:
            yield _file(name, "split otherwise", [old[path] for path in went], [new[path] for path in came])
        elif came:
            yield _file(name, "added", [], [new[path] for path in came])
        elif went:
            yield _file(name, "removed", [old[path] for path in went], [])
        for paths, words in ((changed.get(name), "changed"), (unsettled.get(name), "not compared, may have changed")):
            if paths:
                yield _file(name, words, [old[path] for path in paths], [new[path] for path in paths])


def _sets(paths: Iterable[str]) -> Mapping[str, list[str]]:
    found = defaultdict(list)
    for path in paths:
        found[unsharded(path)].append(path)
    return found


def _file(name: str, words: str, old: list[FileInfo], new: list[FileInfo]) -> Change:
    files = {info.path for info in (*old, *new)}
    return Change(
        kind=ChangeKind.UNKNOWN if words.startswith("not") else ChangeKind.FILE,
        location=Location(file=name if len(files) > 1 else files.pop()),
        words=words,
        baseline=_content(old),
        current=_content(new),
    )


def _content(files: list[FileInfo]) -> str:
    if not files:
        return ""
    if files[0].kind in (FileKind.SYMLINK, FileKind.SUBMODULE):
        return str(files[0].kind)
    total = size(sum(info.size for info in files))
    return total if len(files) == 1 else f"{count(len(files), 'file')}, {total}"


def _differs(diff: ReleaseDiff, path: str) -> bool | None:
    """Whether a kept file changed, read whole where nothing cheaper tells and bytes may be read; ``None`` if unknown."""
    same = diff.files.same(path)
    if same is not None or not diff.depth.reads_values:
        return None if same is None else not same
    if any(v.band is not Band.IDENTICAL and path == v.pair.old.file == v.pair.new.file for v in diff.values.tensors):
        return True
    same = diff.files.same(path, limit=ANY_SIZE)
    return None if same is None else not same


def _fields(diff: ReleaseDiff) -> Iterator[Change]:
    for field in diff.card.fields:
        old, new = _text(field.old or ""), _text(field.new or "")
        yield Change(
            kind=ChangeKind.CARD,
            location=field.location,
            words="changed" if old and new else "added" if new else "removed",
            baseline=clipped(old, LONGEST),
            current=clipped(new, LONGEST),
        )


def _text(value: YamlValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_text(item)}' for key, item in value.items())}}}" if value else ""
    return ", ".join(map(_text, value))


def _templates(diff: ReleaseDiff) -> Iterator[Change]:
    templates = diff.templates
    for words, found in (("added", templates.added), ("removed", templates.removed)):
        for one in found:
            where = Location(file=one.file, pointer=one.pointer)
            yield Change(kind=ChangeKind.TEMPLATE, location=where, words=f"{one.name} {words}")
    for old, new in templates.relocated:
        yield Change(
            kind=ChangeKind.TEMPLATE,
            location=Location(file=new.file, pointer=new.pointer),
            words=f"{new.name} moved",
            baseline=old.file,
            current=new.file,
        )
    for change in templates.changes:
        where = Location(file=change.new.file, pointer=change.new.pointer)
        yield Change(kind=ChangeKind.TEMPLATE, location=where, words=f"{change.new.name} changed, {_renders(change)}")


def _renders(change: TemplateChange) -> str:
    if change.limit or change.unknown:
        return "and not everything could be rendered"
    renders = len(change.differing) + len(change.refused) + len(change.gained)
    return f"and so did {count(renders, 'render')}" if renders else "and renders as before"
