"""Who may do what: tokens, private repositories, and gates before the files."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.hub.errors import HubError, no_repository, unauthorized

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.hub.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user; ``owner`` of this Hub is a member of every organisation, a workflow may write to ``only`` one repository."""

    name: str
    organisations: frozenset[str] = frozenset()
    owner: bool = False
    only: str | None = None

    def belongs_to(self, namespace: str) -> bool:
        return self.owner or namespace == self.name or namespace in self.organisations


def token_of(authorization: str) -> str:
    """Return the token of a header: behind Bearer, or the password behind Basic as git sends it."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return value
    try:
        return base64.b64decode(value).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return "no token"


def account_of(authorization: str, accounts: Mapping[str, Account]) -> Account | None:
    """Return who asks, nobody without a token; raises HubError for a token that is unknown."""
    if not (token := token_of(authorization)):
        return None
    if token not in accounts:
        raise HubError(401, "Invalid credentials in Authorization header")
    return accounts[token]


def may_see(account: Account | None, repository: Repository) -> bool:
    """Metadata are for everybody unless the repository is private."""
    return not repository.private or bool(account and account.belongs_to(repository.namespace))


def demand_files(account: Account | None, repository: Repository) -> None:
    """Raise HubError unless somebody who sees a repository may have its files."""
    if not repository.gated or (
        account and (account.belongs_to(repository.namespace) or account.name in repository.granted)
    ):
        return
    raise HubError(
        403 if account else 401,
        f"Access to {repository.repo_type} {repository.id} is restricted. "
        + ("You are not in the authorized list." if account else "You must be authenticated to access it."),
        code="GatedRepo",
    )


def demand_writing(account: Account | None, repository: Repository) -> None:
    """Raise HubError unless somebody may write to a repository; whoever may not see it learns nothing."""
    if not may_see(account, repository):
        raise no_repository(anonymous=account is None)
    demand_namespace(account, repository.namespace)
    if account and account.only not in {None, repository.id}:
        raise HubError(403, f"This token writes to {account.only} alone")


def demand_namespace(account: Account | None, namespace: str) -> Account:
    """Return who asks if they are a member of a namespace; raises HubError otherwise."""
    if account is None:
        raise unauthorized()
    if not account.belongs_to(namespace):
        raise HubError(403, f"You don't have the rights to write under the namespace {namespace!r}")
    return account
