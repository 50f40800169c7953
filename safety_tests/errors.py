"""The one exception a user of the gate may see: what was expected, what was seen, what to do."""


class UsageError(Exception):
    """The gate was asked for something it cannot do; the message is written for the user.

    The command line prints the message and exits with 2; `check_app` lets it propagate.
    A message says what was expected, what was seen instead, and what to do next.
    """
