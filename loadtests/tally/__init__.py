"""What was counted, in a form that merges exactly between processes. Without Locust.

Not called `statistics`: Locust puts the folder of a locustfile on the path, and there that name
would hide the standard library's.
"""
