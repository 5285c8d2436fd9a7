"""Render chat templates in a process of its own, with hard limits, and tell the parent on the way.

Run as a script, never imported by the package: ``python -I render_child.py``. Standard input is one JSON object,
standard output is one JSON array a line, written before and after each step, so that the parent knows which template
was running when a limit ended the process. The environment is the one that transformers gives to chat templates.
https://github.com/huggingface/transformers/blob/main/src/transformers/utils/chat_template_utils.py
"""

from __future__ import annotations

import codecs
import json
import pprint  # noqa: F401 -- Jinja imports it when a template asks, and then no file can be opened any more
import random
import re
import resource
import signal
import sys
import textwrap  # noqa: F401 -- the same
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import jinja2.constants
import jinja2.debug
import jinja2.ext
from jinja2 import TemplateError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from jinja2 import Template
    from jinja2.parser import Parser
    from jinja2.runtime import Macro

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STEP_SECONDS = 1.0
CPU_SECONDS = 4
MEMORY = 320 << 20
OUTPUT = 1 << 18
ALL_OUTPUT = 1 << 23
ERROR = 300
CODECS = (
    "ascii",
    "cp1252",
    "idna",
    "latin-1",
    "punycode",
    "raw_unicode_escape",
    "unicode_escape",
    "utf-16",
    "utf-32",
    "utf-8-sig",
)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


class LimitError(BaseException):
    """A template used more than it may. No ``Exception``, so that nothing in Jinja takes it for its own."""


class GenerationTag(jinja2.ext.Extension):
    """``{% generation %}`` marks what the assistant says; it renders as its body."""

    tags = {"generation"}  # noqa: RUF012 -- the type that Jinja declares

    def parse(self, parser: Parser) -> nodes.Node:
        """Parse the block into a call, as a scope of its own."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller: Macro) -> str:
        return str(caller())


class SafeNamespace(Namespace):
    """A namespace whose attributes cannot reach into the interpreter."""

    def __init__(*args: object, **kwargs: object) -> None:
        attributes = dict(*args[1:], **kwargs)
        for name in attributes:
            _check_name(name)
        Namespace.__init__(args[0], attributes)

    def __setitem__(self, name: str, value: object) -> None:
        _check_name(name)
        super().__setitem__(name, value)


def _check_name(name: object) -> None:
    if isinstance(name, str) and name.startswith("_"):
        message = f"a namespace takes no attribute that starts with an underscore: {name!r}"
        raise SecurityError(message)


class DictMaker:
    """``dict`` without the type behind it."""

    def __call__(self, *args: object, **kwargs: object) -> Mapping[str, object]:
        """Make a dict."""
        return dict(*args, **kwargs)

    def fromkeys(self, *args: object) -> dict[object, object]:
        """Make a dict of keys with one value."""
        return dict.fromkeys(*args)  # type: ignore[call-overload,no-any-return]  # whatever a template passes; dict judges it


def environment() -> ImmutableSandboxedEnvironment:
    """Build the sandbox, with the clock stopped."""
    sandbox = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[GenerationTag, jinja2.ext.loopcontrols]
    )
    sandbox.filters["tojson"] = _tojson
    sandbox.globals.update(raise_exception=_raise, strftime_now=NOW.strftime, dict=DictMaker(), namespace=SafeNamespace)
    return sandbox


def _tojson(
    value: object,
    ensure_ascii: bool = False,  # noqa: FBT001, FBT002 -- templates pass it by place too
    indent: int | str | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001, FBT002 -- templates pass it by place too
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(message: str) -> NoReturn:
    raise TemplateError(message)


def confine() -> None:
    """Give up what rendering does not need: memory, time, files and sockets. Limits hold where the system has them."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        hard = resource.getrlimit(kind)[1]
        wanted = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        try:
            resource.setrlimit(kind, (wanted, wanted))
        except (ValueError, OSError):
            continue


def _out_of_time(_number: int, _frame: FrameType | None) -> NoReturn:
    message = "time"
    raise LimitError(message)


def step(work: Callable[[], str]) -> tuple[str, str]:
    """Do one piece of work under the limits: ``("text", ...)``, ``("error", ...)`` or ``("limit", ...)``."""
    random.seed(0)
    try:
        signal.setitimer(signal.ITIMER_PROF, STEP_SECONDS)
        try:
            return "text", work()
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except LimitError as limit:
        return "limit", str(limit)
    except MemoryError:
        return "limit", "memory"
    except Exception as error:  # noqa: BLE001 -- whatever a template raises, its consumer would meet it as well
        return "error", f"{type(error).__name__}: {error}"[:ERROR]


def _collect(pieces: Iterator[str], most: int) -> str:
    parts: list[str] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            message = "output"
            raise LimitError(message)
        parts.append(piece)
    return _ADDRESS.sub(" at 0x", "".join(parts))


def _say(*what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def _side(template: str, variables: dict[str, str], conversations: list[dict[str, object]], *at: int) -> None:
    """Compile one template and render every conversation; a limit ends it."""
    sandbox = environment()
    compiled: list[Template] = []
    left = ALL_OUTPUT // at[-1]

    def compile_it() -> str:
        compiled.append(sandbox.from_string(template))
        return ""

    def render_it() -> str:
        return _collect(compiled[0].generate(**{**variables, **conversations[index]}), min(left, OUTPUT))

    _say("start", *at[:2], -1)
    kind, text = step(compile_it)
    _say(kind, *at[:2], -1, text)
    if kind != "text":
        return
    for index in range(len(conversations)):
        _say("start", *at[:2], index)
        kind, text = step(render_it)
        _say(kind, *at[:2], index, text)
        left -= len(text)
        if kind == "limit":
            return


def _same_tree(old: str, new: str) -> str:
    sandbox = environment()
    return "same" if sandbox.parse(old) == sandbox.parse(new) else "other"


def main() -> None:
    """Read the pairs of templates and answer for each in turn."""
    task = json.loads(sys.stdin.read())
    # What Python loads on first use has to be there before files are given up.
    NOW.strftime("%d %b %Y")
    for name in CODECS:
        codecs.lookup(name)
    signal.signal(signal.SIGPROF, _out_of_time)
    confine()
    for pair, (old, old_tokens, new, new_tokens) in enumerate(task["pairs"]):
        _say("start", pair, 2, -1)
        kind, text = step(partial(_same_tree, old, new))
        _say("tree", pair, kind == "text" and text == "same")
        if kind == "text" and text == "same":
            continue
        sides = 2 * len(task["pairs"])
        _side(old, old_tokens, task["conversations"], pair, 0, sides)
        _side(new, new_tokens, task["conversations"], pair, 1, sides)
    _say("end")


if __name__ == "__main__":
    main()
