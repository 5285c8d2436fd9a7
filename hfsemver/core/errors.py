"""What can keep us from judging. A finding is a result and never one of these.

HfSemverError
+-- UsageError            the command line asks for something impossible          exit 2
|   +-- RefError          a reference names nothing that can be opened            exit 2
+-- ConfigError           the policy file is wrong; all problems at once          exit 2
+-- SourceError           a repository, folder or object could not be read        exit 3
+-- FormatError           a file is malformed; the message gives the path to it   exit 3
+-- EvidenceMissing       a file is known but its bytes are not here: a Skip      (exit 3 if nothing catches it)
"""

from __future__ import annotations

from hfsemver.core.escape import printable


class HfSemverError(Exception):
    """Base of every error that a caller may want to catch.

    ``problem`` says what is wrong in one line, ``hint`` what to type or to do next.
    """

    def __init__(self, problem: str, *, hint: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def __str__(self) -> str:
        return printable(self.problem)


class UsageError(HfSemverError):
    """The command cannot be carried out as it was typed."""


class RefError(UsageError):
    """A reference to a release is malformed, or names nothing that exists."""


class ConfigError(HfSemverError):
    """The policy is wrong; ``problems`` lists every fault, each starting with its full key."""

    def __init__(self, where: str, problems: tuple[str, ...], *, hint: str) -> None:
        super().__init__("; ".join(f"{where}: {problem}" for problem in problems), hint=hint)
        self.where = where
        self.problems = problems


class SourceError(HfSemverError):
    """A place that should hold a release could not be read."""


class EvidenceMissing(HfSemverError):
    """The release names a file whose bytes are not here, for example an LFS pointer without its object."""

    def __init__(self, where: str, problem: str, *, hint: str = "fetch the object: git lfs fetch --all") -> None:
        super().__init__(f"{where}: {problem}", hint=hint)
        self.where = where


class FormatError(HfSemverError):
    """A file does not follow its format.

    ``where`` is a path that grows upward while the error travels:
    ``("model.safetensors", "header", '"lm_head.weight".data_offsets')``.
    """

    def __init__(
        self,
        problem: str,
        *where: str,
        offset: int | None = None,
        hint: str = "write the file again with the library that owns the format, then commit it",
    ) -> None:
        self.where = where
        self.fault = problem
        self.offset = offset
        at = "" if offset is None else f" (at byte {offset})"
        super().__init__(": ".join((*where, problem)) + at, hint=hint)

    def within(self, *outer: str) -> FormatError:
        """Return the same fault as seen from one level further out."""
        return FormatError(self.fault, *outer, *self.where, offset=self.offset, hint=self.hint)
