"""The app with its model loaded at import, for a server that imports first and forks then.

    gunicorn -c sample_service/deploy/gunicorn.conf.py

Where the model cannot be loaded, the import fails and with it the start, in contrast to
`sample_service.app`: the processes would each load their own later and share nothing.
The model must not have predicted before the fork: OpenMP and other pools of threads in compiled
code do not survive one.
"""

from sample_service.app import app
from sample_service.dependencies import load_model

__all__ = ["app"]

load_model()
