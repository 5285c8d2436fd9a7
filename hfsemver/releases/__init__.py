"""Floor 1a: a release as lazily read files. All input of bytes happens here; nothing is read before it is asked for.

``parse_ref`` (pure) -> ``open_release`` -> ``Release`` over a ``Source`` (local folder, git revision, memory).
"""
