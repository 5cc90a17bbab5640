"""A server whose outages are known, because it is broken on command: what a prober is held to.

``server.KnownServer`` is the handle on it, ``truth`` what it says of each outage that it made.
Nothing is imported here: the server's own process loads this package, and its start is a wait.
"""
