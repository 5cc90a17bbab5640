"""Runs the ERP: `python -m app`."""

from __future__ import annotations

import logging
import sys

import uvicorn

from app.core import config, logs
from app.main import create_app

PORT = 8000
# In-flight requests, exports among them, get this long after SIGTERM.
GRACE_S = 3
# The accept queue must outlast a frozen second, or customers meet a retried SYN.
BACKLOG = 4096


def main() -> None:
    """Exits with one line if the configuration cannot be used."""
    try:
        settings = config.load()
    except config.ConfigError as error:
        sys.exit(f"erp: {error}")
    logs.start(settings.log_level)
    if unknown := config.unknown_keys(config.parse_env(config.ENV_FILE.read_text("utf-8"))):
        logging.getLogger("erp").warning("unknown configuration keys: %s", ", ".join(unknown))
    uvicorn.run(
        create_app(settings),
        host="0.0.0.0",  # noqa: S104  # inside its own container
        port=PORT,
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
