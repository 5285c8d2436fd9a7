"""What the Hub refuses, with the header from which the client takes the class of its exception."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING: Mapping[str, Any] = MappingProxyType({})


class HubError(Exception):
    """An answer that is no success; ``code`` becomes ``X-Error-Code``, ``message`` the body and ``X-Error-Message``."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        headers: Mapping[str, str] = NOTHING,
        extra: Mapping[str, Any] = NOTHING,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": message, **extra}
        self.headers = {"X-Error-Message": message, **headers}
        if code:
            self.headers["X-Error-Code"] = code


def unauthorized() -> HubError:
    """Ask for a token."""
    return HubError(401, "Invalid username or password.", headers={"WWW-Authenticate": 'Basic realm="Hub"'})


def no_repository(*, anonymous: bool) -> HubError:
    """Say the same of what is missing and of what is private, so that nobody learns which it is."""
    if anonymous:
        return HubError(401, "Invalid username or password.", code="RepoNotFound")
    return HubError(404, "Repository not found", code="RepoNotFound")


def no_revision(revision: str) -> HubError:
    """No branch, tag, reference or commit has this name."""
    return HubError(404, f"Invalid rev id: {revision}", code="RevisionNotFound")


def no_entry(message: str = "Entry not found", commit: str = "") -> HubError:
    """No file has this path; with the commit the client remembers that there is none in it."""
    return HubError(404, message, code="EntryNotFound", headers={"X-Repo-Commit": commit} if commit else NOTHING)
