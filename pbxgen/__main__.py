"""``python -m pbxgen`` and the ``pbxgen`` command."""

from pbxgen.cli.main import main

if __name__ == "__main__":
    main()
