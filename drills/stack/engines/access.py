"""A container engine that is there and that this user may not ask."""

from __future__ import annotations

import os


def forbidden(error: BaseException | None) -> bool:
    """Whether the engine's socket may not be opened; libraries say so deep within their errors."""
    while error is not None and not isinstance(error, PermissionError):
        error = error.__cause__ or error.__context__
    return error is not None


def not_allowed(target: str) -> str:
    """What to tell of it: whose socket it is not, and what helps."""
    return (
        f"the container engine's socket {target} may not be opened by user {os.getuid()} "
        "(permission denied). Hint: become a member of the group that owns it (`sudo usermod -aG "
        'docker "$USER"`, then log in anew), or name an engine of your own by DOCKER_HOST.'
    )
