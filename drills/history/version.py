"""Which version of the system a drill was held on, as a history keeps it."""

from __future__ import annotations

import hashlib
import json

from drills.judgement.environment import Environment

_CHANGED = "+changes"  # as a commit is told where files were changed since


def version_of(environment: Environment) -> str:
    """The commit and the images, shortened; "" where that is not known.

    A commit with changes is no version: they may be others the next time.
    """
    if environment.git.endswith(_CHANGED) or not (environment.git or environment.images):
        return ""
    told = json.dumps([environment.git, sorted(environment.images.items())])
    return hashlib.blake2b(told.encode("utf-8", "replace"), digest_size=8).hexdigest()
