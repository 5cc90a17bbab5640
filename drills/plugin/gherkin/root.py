"""pytest's root directory, found from the features that are named and from nothing else.

pytest looks for its root, and with it for its configuration, before it knows the options of any
plugin: the value in ``--drill-reports /elsewhere`` counts as a place of tests then, and an address
like ``x.feature:12`` does not, being no file. So the search is done again once both are known.
"""

from __future__ import annotations

import copy
import os
import shlex

import pytest
from _pytest.config.findpaths import determine_setup

OPTIONS = "--drill-"  # how the options begin whose values may be places


def settle_root(config: pytest.Config, args: list[str], named: list[str]) -> None:
    """Have ``config`` begin again where the root that ``named`` gives is not the one it took.

    ``args`` becomes the whole command line, with the right configuration's ``addopts``.
    """
    parsed = config.known_args_namespace
    rootpath, inipath, inicfg, ignored = determine_setup(
        inifile=parsed.inifilename,
        override_ini=parsed.override_ini,
        args=named,
        rootdir_cmd_arg=parsed.rootdir or None,
        invocation_dir=config.invocation_params.dir,
    )
    if (rootpath, inipath) == (config.rootpath, config.inipath):
        return
    config._unconfigure_python_path()
    config._rootpath, config._inipath, config._inicfg = rootpath, inipath, inicfg
    config._ignored_config_files = ignored
    config._inicache.clear()
    config._parser.extra_info |= {"rootdir": str(rootpath), "inifile": str(inipath)}
    config._checkversion()
    config._configure_python_path()
    args[:] = [
        *config.getini("addopts"),
        *shlex.split(os.environ.get("PYTEST_ADDOPTS", "")),
        *map(str, config.invocation_params.args),
    ]
    config.pluginmanager.consider_preparse(args, exclude_only=False)
    found = config._parser.parse_known_args(args, namespace=copy.copy(config.option))
    if found.confcutdir is None:
        found.confcutdir = str(inipath.parent if inipath else rootpath)
    config.known_args_namespace = found


def may_have_moved(args: list[str], named: list[str]) -> bool:
    """Whether an option's value was in the way, or an address that is no file."""
    separate = any(arg.startswith(OPTIONS) and "=" not in arg for arg in args)
    return separate or any(not os.path.lexists(arg.partition("::")[0]) for arg in named)
