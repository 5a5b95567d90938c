"""How hard property tests look: at the same examples in ``make test``, at many new ones in ``make fuzz``.

A run that anybody's change must pass can't depend on luck; a search for what nobody thought of must.
"""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("PRODMON_FUZZ", "0"))
"""How many times the usual examples are tried, drawn anew; 0: the usual ones, the same every time."""

USUAL = 100


def examples(n: int) -> settings:
    """Of a property whose usual number of examples isn't ``USUAL``, for what one costs."""
    return settings(max_examples=n * max(TIMES, 1))


_STEADY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("same", _STEADY, max_examples=USUAL, derandomize=True)
settings.register_profile("fuzz", _STEADY, max_examples=USUAL * max(TIMES, 1), print_blob=True)
