"""Putting an entry into a policy that people wrote in their own way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hfsemver.policy.edit import with_acceptance
from hfsemver.policy.policy import Acceptance, Policy
from hfsemver.workflows.initialise import template_root
from hfsemver.workflows.policies import parse_policy

NEW = Acceptance(fingerprint="0123456789abcdef", reason="agreed: they know", until=date(2027, 3, 31))
ONE = 'fingerprint: "aaaaaaaaaaaaaaaa"'
STYLES = {
    "empty": "",
    "comments": "# nothing yet\n\n  # at all",
    "template": (template_root() / "policy.yaml").read_text(encoding="utf-8"),
    "other keys": "# top\npromise: load   # the least\nrules: {token-added: allow}\n\n# the end\n",
    "no line end": "promise: load",
    "windows": "promise: load\r\naccept:\r\n- fingerprint: aaaaaaaaaaaaaaaa\r\n  reason: x\r\n  until: 2027-01-01\r\nkind: auto\r\n",
    "indented": f"accept:\n    -   {ONE}\n        reason: x   # why\n        until: 2027-01-01   # last\n\n# kinds\nkind: auto\n",
    "flush": f"accept:\n- {ONE}\n  reason: |\n    one\n  until: 2027-01-01\nignore:\n- file: x\n  reason: y\n",
    "block at the end": f"accept:\n- {ONE}\n  until: 2027-01-01\n  reason: >-\n    one\n    two",
    "dash alone": f"accept:\n  -\n    {ONE}\n    reason: x - y\n    until: 2027-01-01",
    "flow in block": f"accept:\n  - {{{ONE}, reason: x, until: 2027-01-01}}\n  # - more\npromise: load\n",
    "flow": f"accept: [{{{ONE}, reason: x, until: 2027-01-01}} , ]   # list\npromise: load\n",
    "flow of lines": f"accept: [\n  {{{ONE}, reason: x, until: 2027-01-01}},\n]\n",
    "all flow": "{promise: load, kind: auto}\n",
    "all flow, empty": "{}",
    "all flow with it": "{accept: [], promise: load}\n",
    "empty list": "accept: []   # none\npromise: load\n",
    "nothing there": "accept:   # none\npromise: load\n",
    "nothing at the end": "promise: load\naccept:",
    "null": "accept: ~\npromise: load\n",
    "quoted key": f'"accept" :\n- {ONE}\n  reason: "a: b # c"\n  until: "2027-01-01"\n',
    "start and end": "---\npromise: load\n...\n",
    "dash in a remark": f"accept:\n  - # a - b\n    {ONE}\n    reason: x\n    until: 2027-01-01\n",
    "remark in the list": "accept: [ # c\n]\n",
    "indented keys": "  promise: load\n  kind: auto\n",
    "wide": f"accept:\n- {ONE}\n  reason: 日本語 🚂 ü\n  until: 2027-01-01\n",
}


def policy(text: str) -> Policy:
    return parse_policy(text.encode(), "policy") if text else Policy()


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES.keys())
def test_an_entry_is_added_and_every_other_byte_stays(text: str) -> None:
    """What is read afterwards is the policy with the entry, and what was written is still there, in order."""
    old = policy(text)
    new = with_acceptance(text, NEW)

    assert policy(new) == replace(old, accepted=(*old.accepted, NEW))
    # One piece came in; null alone gives way to it.
    kept = text.replace("~", "")
    front = next(n for n in range(len(kept) + 1) if n == len(kept) or new[n : n + 1] != kept[n])
    assert new.endswith(kept[front:].lstrip("[]\n "))
    assert ("\r\n" in text) == ("\r\n" in new)
    if "\r\n" in text:
        assert new.count("\n") == new.count("\r\n")


@pytest.mark.parametrize("text", STYLES.values(), ids=STYLES.keys())
def test_entries_are_added_one_after_the_other(text: str) -> None:
    """Also to what was written by this very function."""
    once = with_acceptance(text, NEW)
    more = replace(NEW, fingerprint="ffffffffffffffff", reason='"quoted" \\ # {x}: [y], é')

    assert policy(with_acceptance(once, more)).accepted[-2:] == (NEW, more)


@given(reason=st.text(min_size=1).map(lambda text: " ".join(text.split())).filter(lambda text: text and text.isprintable()),
       digits=st.text("0123456789e", min_size=16, max_size=16), name=st.sampled_from(sorted(STYLES)))  # fmt: skip
def test_any_reason_is_read_back(reason: str, digits: str, name: str) -> None:
    """Quotes, colons and braces in it, and fingerprints that look like numbers."""
    entry = replace(NEW, reason=reason, fingerprint=digits)

    assert policy(with_acceptance(STYLES[name], entry)).accepted[-1] == entry
