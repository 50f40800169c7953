"""What tells an object from all others that are alive, like `id`, in the process of the app.

`id` raises an audit event, so that every hook of the process is called for it: ten times the cost.
"""

identity = object.__hash__
