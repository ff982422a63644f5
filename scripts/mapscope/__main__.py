"""Entry point of `python -m mapscope`."""

import sys

try:
    from mapscope.cli import main
except KeyboardInterrupt:  # while the libraries are read
    print("mapscope: error: interrupted", file=sys.stderr)
    sys.exit(130)

sys.exit(main())
