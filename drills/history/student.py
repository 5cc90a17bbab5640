"""Student's t distribution, of whole degrees of freedom: all that a comparison of means needs.

The closed form is that of Abramowitz and Stegun, 26.7.3 and 26.7.4. SciPy has the same, and brings
with NumPy a hundred megabytes that a drill's end would have to load.
"""

from __future__ import annotations

import math
from functools import lru_cache

_ENOUGH = 1e-9  # of a quantile


def above(t: float, freedom: int) -> float:
    """The probability of a value above ``t``, with so many degrees of freedom (1 or more)."""
    inside = _inside(abs(t), freedom)
    tail = max(0.0, (1 - inside) / 2)
    return tail if t >= 0 else 1 - tail


@lru_cache(maxsize=256)
def quantile(share: float, freedom: int) -> float:
    """The value that this share (above a half, below 1) lies below."""
    low, high = 0.0, 1.0
    while above(high, freedom) > 1 - share:
        high *= 2
    while high - low > _ENOUGH * high:
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle, freedom) > 1 - share else (low, middle)
    return (low + high) / 2


def _inside(t: float, freedom: int) -> float:
    """The probability of a value between -t and t."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for step in range(1 + odd, freedom, 2):
        total += term
        term *= cosine**2 * step / (step + 1)
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
