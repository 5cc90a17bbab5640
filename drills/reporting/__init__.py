"""Renderings of a judged drill: for a browser, for the incident file, for a terminal, for machines.

Everything here works from a ``DrillResult`` alone; nothing is measured or judged.
"""
