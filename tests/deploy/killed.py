"""A deployment in a process of its own that is killed, as by `kill -9`, at one of its steps."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from pbxgen.deploy.shell import Done, Shell

Dies = Callable[[int, str], bool]
"""Given the number and the text of a script: is the process killed there?"""


def killed(deploy: Callable[[], object], dies: Dies, *, sent: bool) -> bool:
    """Deploy; did it get to where it is killed? ``sent``: the far side has been given the script, and runs it alone."""
    child = os.fork()
    if child == 0:
        honest, count = Shell.run, 0

        def run(self: Shell, script: str, *, in_shell: bool = False, seconds: float = 60.0) -> Done:
            nonlocal count
            count += 1
            if dies(count, script):
                if not sent:
                    os.kill(os.getpid(), signal.SIGKILL)
                self._read = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign,assignment]
            return honest(self, script, in_shell=in_shell, seconds=seconds)

        Shell.run = run  # type: ignore[method-assign,assignment]
        try:
            deploy()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
