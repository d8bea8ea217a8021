"""`python -m bridge` is the command `feedbridge`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
