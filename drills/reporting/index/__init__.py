"""``index.html``: all drills of a folder on one page, which needs no network and no other file."""
