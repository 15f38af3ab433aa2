"""``python -m pbxgen`` and the ``pbxgen`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit. Ctrl-C is 130, as a shell has it, also while modules are still being read."""
    try:
        from pbxgen.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
