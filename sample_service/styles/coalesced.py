"""Together with the requests that are in flight: one call of the model for all of them.

The default. `coalescing` says how a batch is closed without a timer.
"""

from sample_service.app import create_app

app = create_app()
