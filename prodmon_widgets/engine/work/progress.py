"""Progress of long work: a bar in the notebook or terminal, and a line of text for the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tqdm.auto import tqdm


class Progress:
    """Named steps, each from 0 to 1; ``text`` is what is being done now, empty when nothing is."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._bar: tqdm[None] | None = None
        self._step = ""
        self._share = 0.0

    @property
    def text(self) -> str:
        """Like "estimating annotations 40 %"."""
        return f"{self._step} {self._share:.0%}".replace("%", " %") if self._share else self._step

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Work under this name; the bar goes when the step ends, whatever happens."""
        self._step, self._share = name, 0.0
        self._bar = tqdm(total=100, desc=name, unit="%", leave=False, disable=not self._shown, delay=1.0)
        try:
            yield
        finally:
            self._bar.close()
            self._bar, self._step, self._share = None, "", 0.0

    def at(self, share: float) -> None:
        """The step is done to this share, in [0, 1]."""
        if self._bar is not None:
            self._bar.update(max(0, round(100 * share) - self._bar.n))
        self._share = share
