"""The company's own limits on orders. The ERP imports them when it starts, and not without them."""

MOST_PIECES = 10_000  # of one item in one order
