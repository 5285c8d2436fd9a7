"""``python -m hfsemver``: the same command line as the console script."""

from hfsemver.cli.main import main

if __name__ == "__main__":
    main()
