"""A stateless model service, small enough to copy.

Train once, then serve:

    python -m sample_service.train
    uvicorn sample_service.app:app

What keeps it safe under concurrency, one idea to a file:

- `predictor`: what requests share is frozen; what a request computes it keeps in local names.
- `dependencies`: the model is loaded once, however many first requests arrive together.
- `store`: a model file is checked before anything in it runs.
- `schemas`, `problems`, `body_limit`: a bad request is refused with a reason, never half served.

`textbook` is the same service as it is usually written, kept to be caught.
"""
