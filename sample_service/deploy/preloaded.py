"""The app with its model loaded at import, for a server that imports first and forks then.

    gunicorn -c sample_service/deploy/gunicorn.conf.py

Where the model cannot be loaded, the import fails and with it the start, in contrast to
`sample_service.app`: the processes would each load their own later and share nothing.
"""

from sample_service.app import app

__all__ = ["app"]

app.state.models.load_first()
