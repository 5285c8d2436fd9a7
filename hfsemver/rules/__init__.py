"""Floor 2: what a difference means.

Pure: rules read a ``ReleaseDiff`` and yield notes; they open, print and suppress nothing.

One rule is one file, ``rules/<area>/<rule_id>.py``; ``catalogue()`` finds it by walking this package.
"""
