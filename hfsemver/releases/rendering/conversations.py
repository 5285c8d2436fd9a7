"""Conversations that every chat template is rendered with.

Each shows things that consumers rely on. A template may not support one: it then raises, or silently leaves out the
text by which it would show. Nobody had such a feature from that release, so nobody loses when it is rendered later.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Message = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """Something a template may support.

    ``probe`` is text that shows up in the render when it does, ``garbage`` is text that shows up when a Python value
    was printed instead. ``twin`` is the title of the same conversation without the feature, for one that adds no text.
    """

    name: str
    probe: str = ""
    garbage: str = ""
    twin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a template is given, and the features that it takes to render that in full."""

    title: str
    variables: Mapping[str, object]
    features: tuple[Feature, ...] = ()


ANSWER: Final = "It is 5."
"""What the assistant says."""


def _user(text: object = "What is 2 + 3?") -> Message:
    return {"role": "user", "content": text}


def _assistant(text: str = ANSWER, **more: object) -> Message:
    return {"role": "assistant", "content": text, **more}


_SYSTEM: Final[Message] = {"role": "system", "content": "Answer in French."}
_TOOL: Final[Message] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Weather in a city, in °C & <wind>",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        },
    },
}
_OTHER_TOOL: Final[Message] = {
    "type": "function",
    "function": {
        "name": "find_train",
        "description": "Next train to a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "Name of the city"}},
            "required": ["city"],
        },
    },
}
_CALL: Final[Message] = {
    "id": "call12345",
    "type": "function",
    "function": {"name": "get_weather", "arguments": {"city": "Orléans", "days": 2, "wind": True}},
}
_OTHER_CALL: Final[Message] = {
    "id": "call12346",
    "type": "function",
    "function": {"name": "find_train", "arguments": {"city": "Nantes"}},
}
_DOCUMENT: Final[Message] = {"title": "Trains", "text": "The night train leaves at ten."}
_RESULT: Final[Message] = {
    "role": "tool",
    "name": "get_weather",
    "tool_call_id": "call12345",
    "content": '{"sky": "overcast"}',
}
_THOUGHT: Final = "Two and three make five."


def _thinking(text: str = ANSWER) -> Message:
    # The second name for a thought and its place are what transformers fills in before it renders.
    return {"thinking": _THOUGHT, **_assistant(text, reasoning_content=_THOUGHT)}


def _with(*messages: Message, **more: object) -> Mapping[str, object]:
    given: dict[str, object] = {"messages": messages, "tools": None, "documents": None, "add_generation_prompt": True}
    return MappingProxyType(given | more)


def _parts(*parts: Message) -> Message:
    return _user([*parts, {"type": "text", "text": "What is on it?"}])


_SYSTEMS: Final = Feature(name="system prompts", probe="Answer in French.")
_LATER_SYSTEMS: Final = Feature(name="system prompts between turns", probe="From here on in German.")
_TOOLS: Final = Feature(name="tools", probe="get_weather")
_MANY_TOOLS: Final = Feature(name="more than one tool", probe="find_train")
_CALLS: Final = Feature(name="tool calls", probe="Orléans")
_RESULTS: Final = Feature(name="tool results", probe="overcast")
_PARTS: Final = Feature(name="content in parts", probe="What is on it?", garbage="'type': 'text'")
_IMAGES: Final = Feature(name="images", probe="What is on it?", garbage="'type': 'image'")
_REASONING: Final = Feature(name="reasoning", probe=_THOUGHT)
_SWITCH: Final = Feature(name="a switch for thinking", twin="one question")
_SWITCH_ON: Final = Feature(name="a switch that turns thinking on", twin="one question")
_DOCUMENTS: Final = Feature(name="documents", probe="The night train leaves at ten.")
_VIDEOS: Final = Feature(name="videos", probe="What is on it?", garbage="'type': 'video'")
_MANY_CALLS: Final = Feature(name="more than one tool call", probe="Nantes")

_CALLED: Final = _assistant("", tool_calls=[_CALL])
_TURNS: Final = (_user(), _assistant(), _user("And 3 + 4?"))
_LATER_SYSTEM: Final[Message] = {"role": "system", "content": "From here on in German."}
# Longer than the windows that templates cut a talk to, and each turn another text, so that a lost one shows.
_LONG: Final = tuple(
    turn for n in range(12) for turn in (_user(f"What is {n} + 1?"), _assistant(f"It is {n + 1}."))
)  # fmt: skip


def _talk(title: str, variables: Mapping[str, object], *features: Feature) -> Conversation:
    return Conversation(title=title, variables=variables, features=features)


CONVERSATIONS: Final = (
    _talk("one question", _with(_user())),
    _talk("one question, no generation prompt", _with(_user(), add_generation_prompt=False)),
    _talk("three turns", _with(*_TURNS)),
    _talk("two turns, no generation prompt", _with(*_TURNS[:2], add_generation_prompt=False)),
    _talk("text with blanks around it", _with(_user("  one\n\n two \n"), _assistant(" three "), _user())),
    _talk("system prompt", _with(_SYSTEM, _user()), _SYSTEMS),
    _talk("system prompt and three turns", _with(_SYSTEM, *_TURNS), _SYSTEMS),
    _talk("tools", _with(_user(), tools=[_TOOL]), _TOOLS),
    _talk("system prompt and tools", _with(_SYSTEM, _user(), tools=[_TOOL]), _SYSTEMS, _TOOLS),
    _talk("tool call", _with(_user(), _CALLED, add_generation_prompt=False), _CALLS),
    _talk("tool call and result", _with(_user(), _CALLED, _RESULT), _CALLS, _RESULTS),
    _talk("tools, call and result", _with(_user(), _CALLED, _RESULT, tools=[_TOOL]), _TOOLS, _CALLS, _RESULTS),
    _talk("content in parts", _with(_parts()), _PARTS),
    _talk("image and text", _with(_parts({"type": "image"})), _PARTS, _IMAGES),
    _talk("reasoning before an answer", _with(_user(), _thinking(), add_generation_prompt=False), _REASONING),
    _talk("reasoning in an earlier turn", _with(_user(), _thinking(), _user("And 3 + 4?")), _REASONING),
    _talk("thinking switched off", _with(_user(), enable_thinking=False), _SWITCH),
    _talk("thinking switched on", _with(_user(), enable_thinking=True), _SWITCH_ON),
    _talk("documents", _with(_user(), documents=[_DOCUMENT]), _DOCUMENTS),
    _talk("video and text", _with(_parts({"type": "video"})), _PARTS, _VIDEOS),
    _talk("two tool calls", _with(_user(), _assistant("", tool_calls=[_CALL, _OTHER_CALL])), _CALLS, _MANY_CALLS),
    _talk("two tools", _with(_user(), tools=[_TOOL, _OTHER_TOOL]), _TOOLS, _MANY_TOOLS),
    _talk("25 turns", _with(*_LONG, _user())),
    _talk("system prompt between turns", _with(*_TURNS[:2], _LATER_SYSTEM, _TURNS[2]), _LATER_SYSTEMS),
    _talk("two questions in a row", _with(_user(), _user("And 3 + 4?"))),
)


def _place(title: str) -> int:
    return next(n for n, one in enumerate(CONVERSATIONS) if one.title == title)


ASKED: Final = _place("one question")
ASKED_PLAINLY: Final = _place("one question, no generation prompt")
ANSWERED: Final = _place("two turns, no generation prompt")
"""Places of a question with the beginning of an answer and without it, and of a talk that ends with an answer."""
