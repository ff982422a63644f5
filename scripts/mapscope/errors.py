"""Every way in which mapscope ends other than well, and the exit code of each.

Each of these is printed as one line, `mapscope: error: <what, where, how to mend>`;
a traceback is only ever a fault of mapscope itself.
"""


class MapscopeError(Exception):
    """An error that is reported in one line; `exit_code` is what the process returns."""

    exit_code = 1

    def line(self) -> str:
        """The message as a single line, whatever a library put into it."""
        return " ".join(str(self).split())


class UsageError(MapscopeError):
    """Something the caller can mend before measuring: an argument, a path, a file."""

    exit_code = 2


class DocumentError(UsageError):
    """A stored file that cannot be trusted: names the file and the field."""


class RunStopped(MapscopeError):
    """The run could not go on (full disk); what had finished is kept."""


class Interrupted(MapscopeError):
    """A signal asked the run to stop; what had finished is kept."""

    def __init__(self, signum: int, message: str = "interrupted") -> None:
        super().__init__(message)
        self.exit_code = 128 + signum
