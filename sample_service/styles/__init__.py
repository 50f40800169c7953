"""Ways of serving: the same app and the same predictor, run differently.

    uvicorn sample_service.styles.NAME:app

| name      | a prediction runs                                | bits                          |
|-----------|--------------------------------------------------|-------------------------------|
| inline    | at once, on the event loop                       | as alone                      |
| threads   | in one worker thread, the event loop stays free  | as alone                      |
| coalesced | with those that arrive together, in one call     | as alone, but for linear ones |
| trees     | coalesced, a forest through its own trees        | as alone, and scikit-learn's  |
| compiled  | coalesced, in onnxruntime                        | 32-bit: within 1e-6           |

`sample_service.app` is the coalesced one. Each runs in several processes as well: `--workers N`.
"""
