"""Closing what belongs together: ipywidgets closes one widget at a time, and leaves layouts and marks behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ipywidgets import Widget


def close_all(roots: Iterable[Widget], keep: Iterable[Widget] = ()) -> None:
    """Close widgets with everything that their traits hold, except ``keep`` and what those hold."""
    kept = {id(widget) for widget in reachable(keep)}
    for widget in reachable(roots):
        if id(widget) not in kept and widget.comm is not None:
            # the plain one: our own classes come here from theirs
            Widget.close(widget)


def reachable(roots: Iterable[Widget]) -> list[Widget]:
    """Widgets, those in their traits, and so on, each once."""
    found: dict[int, Widget] = {}
    waiting = list(roots)
    while waiting:
        widget = waiting.pop()
        if id(widget) not in found:
            found[id(widget)] = widget
            # only what is there: asking for a trait would make its default
            waiting += [each for name in widget.keys for each in _within(widget._trait_values.get(name))]
    return list(found.values())


def _within(value: object) -> Iterator[Widget]:
    if isinstance(value, Widget):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _within(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _within(each)
