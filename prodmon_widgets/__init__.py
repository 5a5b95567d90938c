"""Monitor a model in production when there are no labels: estimated quality, linked views, and causes of a drop.

A name is imported when it is first asked for (PEP 562), so that ``prodmon --help`` loads no estimator. What each name
is stands for readers and type checkers in ``__init__.pyi``.
"""

import sys
from importlib import import_module

_HOMES = {
    "Annotator": "engine.annotator.annotator",
    "BackendError": "errors",
    "Causes": "widgets.views.causes",
    "ComparisonTable": "widgets.views.comparison",
    "Dashboard": "widgets.dashboard",
    "InputError": "errors",
    "InvestigationTrail": "widgets.views.trail",
    "Monitor": "engine.monitor",
    "MonitorError": "errors",
    "NewValues": "widgets.views.novelty",
    "NotFittedError": "errors",
    "PerformanceTimeline": "widgets.views.timeline",
    "SampleInspector": "widgets.views.inspector",
    "Schema": "schema",
    "SegmentTable": "widgets.views.segments",
    "Selection": "widgets.selection",
    "inspect": "engine.table.inspection",
    "read_log": "engine.table.logs.reading",
}
_MODULES = frozenset(["datasets", "engine", "errors", "schema", "widgets"])
# the view of causes; the engine has their figures under the shorter name
_CALLED_THERE = {"Causes": "CausesView"}

__all__ = [*_HOMES, "datasets"]


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name == "__version__":
        from importlib.metadata import version

        return version("prodmon-widgets")
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=sys.modules[__name__])
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), _CALLED_THERE.get(name, name))
    # from now on it is an attribute like any other
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
