"""A stateless model service, small enough to copy.

Train once, then serve:

    python -m sample_service.train
    uvicorn sample_service.app:app --no-access-log

What keeps it safe under concurrency, one idea to a file:

- `predictor`: what requests share is frozen; what a request computes it keeps in local names.
- `models`: a model is loaded once, however many first requests arrive together, and one reference
  says which version answers.
- `store`: a model file is checked before anything in it runs.
- `coalescing`: rows that arrive together are one call of the model, and each fails alone.
- `schemas`, `problems`, `body_limit`, `admission`: what cannot be served is refused with a reason.
- `draining`: readiness falls before the socket closes.

`styles` serves the same model in other ways; `textbook` is the same service as it is usually
written, kept to be caught.
"""
