"""Jinja2 environments in which what every page asks for many times is found at once.

Which templates there are, and how what they say is escaped, is left to ``markdown`` and ``mkdocs``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import jinja2
from jinja2.runtime import Context, Macro


class _Context(Context):
    """Calls macros, which most calls are of, without asking first what they want to be given."""

    def call(self, called: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a macro at once, all else as Jinja does."""
        if called.__class__ is Macro:
            for its_own in ("_loop_vars", "_block_vars"):  # a macro sees nothing of them
                named.pop(its_own, None)
            return called(self.eval_ctx, *arguments, **named)
        return super().call(called, *arguments, **named)


def _look_up(otherwise: Callable[[Any, str], Any], obj: Any, attribute: str) -> Any:
    """Look into a dictionary first: pages are given many, and nobody means their methods by a key's name."""
    if obj.__class__ is dict and attribute in obj:
        return obj[attribute]
    return otherwise(obj, attribute)


def quicken(env: jinja2.Environment) -> None:
    """Let templates of `env` reach macros, dictionaries and globals at once; from now on nothing of it changes."""
    env.auto_reload = False
    env.context_class = _Context
    env.getattr = partial(_look_up, env.getattr)  # type: ignore[method-assign]
    known = dict(env.globals)  # one dictionary, for every page begins with a copy
    env.make_globals = lambda d: {**known, **(d or {})}  # type: ignore[method-assign]
