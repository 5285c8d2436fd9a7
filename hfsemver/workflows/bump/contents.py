"""What a release writes into its commit: the version into the card, an entry into the changelog, and what describes it to the next one."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Final

from hfsemver.core.access import PATH as ACCESS
from hfsemver.core.surface import PATH as SURFACE
from hfsemver.publish.card import with_version
from hfsemver.publish.changelog import with_entry
from hfsemver.releases.formats.surface import write_surface
from hfsemver.releases.overlay import OverlaySource
from hfsemver.releases.release import Release
from hfsemver.reports.answer import answer
from hfsemver.reports.json_v1 import render_json
from hfsemver.reports.release_notes import release_notes
from hfsemver.workflows.access import access_record
from hfsemver.workflows.bump.request import CARD, CHANGELOG
from hfsemver.workflows.surface import describe

if TYPE_CHECKING:
    from hfsemver.core.report import Report
    from hfsemver.core.version import Version
    from hfsemver.policy.policy import Policy
    from hfsemver.releases.source import Source
    from hfsemver.workflows.bump.intents import Intent

LIMIT: Final = 64 << 20


def release_files(
    current: Release,
    below: Source,
    version: Version,
    report: Report,
    policy: Policy,
    intents: tuple[Intent, ...],
    *,
    surface: bool,
) -> tuple[dict[str, bytes | None], tuple[str, ...]]:
    """Return the files that the release writes or takes away (``None``), and what to say of them.

    A surface is written where there is one already, or where that is asked for: of the files ``below``, with those of the release
    in their place. Intents are used up by a stable release.
    """
    said = tuple(intent.text for intent in intents if intent.text)
    body = release_notes(report, str(version), repo=policy.hub_repo, said=said)
    day = dt.datetime.now(dt.UTC).date().isoformat()
    files: dict[str, bytes | None] = {
        CARD: with_version(current.read(CARD, LIMIT), str(version)),
        CHANGELOG: with_entry(current.read(CHANGELOG, LIMIT), str(version), day, body),
    }
    if version.is_stable:
        files |= {intent.path: None for intent in intents}
    record, told = access_record(policy.hub_repo)
    if record is not None:
        files[ACCESS] = record
    if surface or SURFACE in current.files:
        files[SURFACE] = write_surface(describe(Release(OverlaySource(below, files))))
    return files, (told,) if told else ()


def tag_message(version: Version, report: Report) -> str:
    """Say what the release is, and name the report that it stands on, so that whoever has that can check it."""
    digest = hashlib.sha256(render_json(report).encode()).hexdigest()
    return f"v{version}\n\n{answer(report)}\n\nReport: sha256:{digest}\n"
