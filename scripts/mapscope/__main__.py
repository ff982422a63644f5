"""Entry point of `python -m mapscope`."""

import sys

from mapscope.cli import main

sys.exit(main())
