"""Releases of which nobody can say under which licence they are, and those whose terms stand somewhere after all."""

from __future__ import annotations

import pytest

from hfsemver.core.errors import EvidenceMissing
from hfsemver.diff.card.licence_order import licence_table
from hfsemver.diff.card.undetermined import undetermined_licence
from tests.builders import release

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9\n"


def why(fields: str, **files: str) -> str | None:
    card = {"README.md": f"---\n{fields}\n---\n"} if fields else {}
    return undetermined_licence(release({**card, **files}))


@pytest.mark.parametrize(
    ("fields", "files", "part"),
    [
        ("", {}, "there is no README.md"),
        ("language: en", {}, "README.md has no license"),
        ("licence: license", {}, "README.md has no license"),
        ("license: other", {}, "does not say which"),
        ("license: unknown", {}, "does not say which"),
        ("license: cc", {}, "does not say which"),
        ("license: other\nlicense_name: unknown", {}, "does not say which"),
        ("license: other\nlicense_link: LICENSE", {}, "does not say which"),
        ("license: other\nlicense_link: ./LICENSE.md", {}, "does not say which"),
        ("license: other\nlicense_link: x", {}, "does not say which"),
        ("license: other\nlicense_name: '?'", {}, "does not say which"),
        ("language: en", {"license_plate.json": "{}"}, "README.md has no license"),
        ("language: en", {"license.py": "a = 1"}, "README.md has no license"),
        ("license: acme", {}, "is no licence that the Hub knows"),
        ("language: en", {"LICENSE": "Do as we say."}, "LICENSE is no text of a known licence"),
        ("language: en", {"LICENSE": " \n"}, None),
    ],
)
def test_what_settles_nothing_is_said(fields: str, files: dict[str, str], part: str | None) -> None:
    """Each way of saying nothing has its own words; an empty file may have been meant to say something."""
    if part is None:
        with pytest.raises(EvidenceMissing):
            why(fields, **files)
    else:
        assert part in (why(fields, **files) or "")


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        ("license: mit", {}),
        ("license: MIT License", {}),
        ("license: [other, mit]", {}),
        ("license: other\nlicense_name: acme-1.0", {}),
        ("license: other\nlicense_link: https://acme.example/terms", {}),
        ("license: other\nlicense_link: LICENSE", {"LICENSE": "Do as we say."}),
        ("license: other", {"LICENSE": "Do as we say."}),
        ("license: acme", {"LICENSE": "Do as we say."}),
        ("license: acme\nlicense_link: https://acme.example", {}),
        ("", {"LICENSE": "Apache License\nVersion 2.0\n"}),
        ("language: en", {"LICENSE": "MIT License, or the Apache License, Version 2.0\n"}),
    ],
)
def test_terms_that_stand_somewhere_are_determined(fields: str, files: dict[str, str]) -> None:
    """An id, a name of somebody's own, a link, or a text that is known or has a name."""
    assert why(fields, **files) is None


@pytest.mark.parametrize("name", ["LICENSE.pdf", "LICENSES/Apache-2.0.txt", "docs/TERMS.md"])
def test_a_file_that_may_say_it_and_is_not_read_leaves_it_open(name: str) -> None:
    """Whether a picture, or a file in a folder, gives the terms is for people to see."""
    with pytest.raises(EvidenceMissing, match="may give the terms"):
        undetermined_licence(release({"README.md": "# Card\n", name: b"text"}))


def test_a_licence_that_is_only_a_pointer_leaves_it_open() -> None:
    """The bytes are elsewhere, unless the card names the licence anyway."""
    with pytest.raises(EvidenceMissing, match="pointer"):
        why("language: en", LICENSE=POINTER)
    assert why("license: mit", LICENSE=POINTER) is None


def test_every_id_of_the_hub_but_three_settles_the_terms() -> None:
    """The Hub knows two ids that say nothing, and one that is a family without common terms."""
    said = {name for name in licence_table().licences if why(f"license: {name}")}

    assert said == {"cc", "other", "unknown"}
