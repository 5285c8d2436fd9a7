"""Short notices that stand in the place of a text, as their licences ask people to write them, and ways to lay them out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from tests.diff.card.licence_samples import LICENCES

if TYPE_CHECKING:
    from collections.abc import Callable

_APACHE = """Licensed under the Apache License, Version 2.0 (the "License");
you may not use {} except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.
"""
_FOUNDATION = """Licensed to the Apache Software Foundation (ASF) under one
or more contributor license agreements.  See the NOTICE file
distributed with this work for additional information
regarding copyright ownership.  The ASF licenses this file
to you under the Apache License, Version 2.0 (the
"License"); you may not use this file except in compliance
"""
_GNU = """This program is free software: you can redistribute it and/or modify
it under the terms of {terms}.

This program is distributed in the hope that it will be useful,
but WITHOUT ANY WARRANTY; without even the implied warranty of
MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
GNU {kind}General Public License for more details.

You should have received a copy of the GNU {kind}General Public License
along with this program.  If not, see <https://www.gnu.org/licenses/>.
"""
_GNU_TERMS = (
    (
        "the GNU {0}General Public License as published by\nthe Free Software Foundation, either version {1} of the License, or\n"
        "(at your option) any later version"
    ),
    "the GNU {0}General Public License as published by\nthe Free Software Foundation, version {1} of the License",
    "the GNU {0}General Public License\nversion {1} as published by the Free Software Foundation",
    "version {1} of the GNU {0}General Public License\nas published by the Free Software Foundation",
)
_FAMILY = {"gpl-2.0": ("", "2"), "gpl-3.0": ("", "3"), "agpl-3.0": ("Affero ", "3"), "lgpl-2.1": ("Lesser ", "2.1"), "lgpl-3.0": ("Lesser ", "3")}  # fmt: skip
_MOZILLA = """This Source Code Form is subject to the terms of the Mozilla Public
License, v. 2.0. If a copy of the MPL was not distributed with this
file, You can obtain one at https://mozilla.org/MPL/2.0/.
"""
_ECLIPSE = """This program and the accompanying materials are made
available under the terms of the Eclipse Public License 2.0
which is available at https://www.eclipse.org/legal/epl-2.0/
"""
_BOOST = """Distributed under the Boost Software License, Version 1.0.
(See accompanying file LICENSE_1_0.txt or copy at https://www.boost.org/LICENSE_1_0.txt)
"""
_WORDS = {"by": "Attribution", "nc": "NonCommercial", "sa": "ShareAlike", "nd": "NoDerivatives"}
_PORTS = {"4.0": "International", "3.0": "Unported", "2.5": "Generic", "2.0": "Generic"}


def _commons(name: str) -> tuple[str, ...]:
    *parts, version = name.split("-")[1:]
    words, page = "-".join(_WORDS[part] for part in parts), f"creativecommons.org/licenses/{'-'.join(parts)}/{version}/"
    full = f"Creative Commons {words} {version} {_PORTS[version]}"
    return (
        f"This work is licensed under a {full} License.",
        (
            f"This work is licensed under the {full} License. To view a copy of this license, visit\nhttp://{page} or send a letter to "
            "Creative Commons, PO Box 1866, Mountain View, CA 94042, USA."
        ),
        f"Weather 2 by Acme is licensed under {full}. To view a copy of this license, visit https://{page}",
        (
            f"Weather 2 by Acme is licensed under CC {'-'.join(parts).upper()} {version}. To view a copy of this license, visit\n"
            f"https://{page}"
        ),
        f"https://{page}",
        f"https://{page}deed.en",
    )


NOTICES: dict[str, tuple[str, ...]] = {
    "apache-2.0": (
        *(_APACHE.format(what) for what in ("this file", "this model", "these weights", "the model weights")),
        _FOUNDATION + _APACHE.partition("except in compliance ")[2],
        "https://www.apache.org/licenses/LICENSE-2.0.txt",
        "Licensed under Apache 2.0.",
    ),
    "mit": (
        "Licensed under the MIT License.",
        "Distributed under the MIT License. See LICENSE for more information.",
        "This model is licensed under MIT, see https://opensource.org/licenses/MIT for details.",
        "https://opensource.org/license/mit/",
    ),
    "bsd-2-clause": ("Licensed under the BSD 2-Clause License.", "https://opensource.org/licenses/BSD-2-Clause"),
    "bsd-3-clause": ("Released under the BSD 3-Clause License.", "https://opensource.org/license/bsd-3-clause"),
    "isc": ("Licensed under the ISC License.", "https://opensource.org/licenses/ISC"),
    "zlib": ("Licensed under the zlib License.", "https://opensource.org/licenses/Zlib"),
    **{
        name: (
            *(_GNU.format(kind=kind, terms=terms.format(kind, version)) for terms in _GNU_TERMS),
            f"GNU {kind[:1]}GPLv{version}",
            f"Licensed under {kind[:1]}GPL v{version}.",
        )
        for name, (kind, version) in _FAMILY.items()
    },
    "mpl-2.0": (_MOZILLA, "https://www.mozilla.org/en-US/MPL/2.0/"),
    "epl-2.0": (_ECLIPSE, "https://www.eclipse.org/legal/epl-2.0/"),
    "bsl-1.0": (_BOOST,),
    "cc0-1.0": (
        "To the extent possible under law, Acme has waived all copyright and related or neighboring rights to Weather 2.",
        (
            "To the extent possible under law, the person who associated CC0 with this work has waived all copyright and related or\n"
            "neighboring rights to this work."
        ),
        "https://creativecommons.org/publicdomain/zero/1.0/",
    ),
    **{name: _commons(name) for name in LICENCES if name.startswith("cc-by")},
    "gemma": ("Gemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms",),
}
ALL = [(name, notice) for name, notices in NOTICES.items() for notice in notices]


def _marked(mark: str) -> Callable[[str], str]:
    return lambda notice: "\n".join(
        f"{mark} {line}" for line in ("", "Copyright 2024 Acme", "", *notice.splitlines(), "")
    )


LAYOUTS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "upper": str.upper,
    "wrapped": lambda notice: textwrap.fill(notice, 40, break_long_words=False, break_on_hyphens=False),
    "one line": lambda notice: "Copyright (c) 2023-2025 Acme Inc. " + " ".join(notice.split()),
    "hash": _marked("#"),
    "slashes": _marked("//"),
    "stars": lambda notice: f"/*{_marked(' *')(notice)}\n */",
    "quoted": lambda notice: f"# License\r\n\r\n> **{notice.strip()}**\r\n",
    "tagged": lambda notice: f"SPDX-FileCopyrightText: 2024 Acme <a@acme.example>\n\n{notice}",
}
"""Ways to write the same notice."""
