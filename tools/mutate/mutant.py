"""A deliberate bug: what run.py puts into a map, one at a time, for the tests to find.

Each has a name, a file relative to the map's folder, the text to replace (it must occur exactly once), what
to put there, and why it would matter. `test` names a test of the map or of maps/tests that is
built when the probe finds nothing; `sanitizer` is what that test is built with.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    why: str
    test: str = ""
    sanitizer: str = "address,undefined"
