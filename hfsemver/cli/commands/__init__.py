"""One module a command, found by its name: ``hfsemver check`` is ``check.py``, which defines ``check``."""
