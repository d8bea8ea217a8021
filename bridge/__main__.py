"""`python -m bridge` is the command `feedbridge`."""

import gc
import sys

from .cli import main

_YOUNG = 50_000
"""Objects made before the collector looks at them: nearly all that a tick makes are modules and rows, which stay."""


def command() -> int:
    """The exit code of this process, which is about to end."""
    gc.set_threshold(_YOUNG)
    code = main()
    # The system frees the memory: no last search for cycles, which costs a tick without news a tenth of its time.
    gc.freeze()
    return code


if __name__ == "__main__":
    sys.exit(command())
