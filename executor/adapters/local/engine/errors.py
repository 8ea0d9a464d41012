"""What can go wrong, told by exit code."""

DENIED = 75  # EX_TEMPFAIL: a table is closed to writers; the scheduler tries again


class EngineError(Exception):
    """The statement or the world is wrong; the message is for a person."""

    exit_code = 1


class DeniedError(EngineError):
    """A barrier is closed, or the run was given up: nothing was changed."""

    exit_code = DENIED
