"""The observers that ask as customers do.

``prober.Prober`` is the handle on the process that asks; ``samples`` reads what it wrote. Nothing
is imported here: the process itself loads this package, and every import delays its start.
"""
