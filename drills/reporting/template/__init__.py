"""The team's own template of the incident record: checked when it is read, filled in with bounds.

``reading`` finds its mistakes by file and line, before a drill. ``filling`` fills it in, on a
process of its own (``sandbox``) that ends when it takes too long, too much memory or says too much.
"""
