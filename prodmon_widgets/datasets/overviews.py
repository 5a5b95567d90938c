"""Overview texts: sentences in five languages, filled with names and places, joined without a Python loop over rows.

Every language and genre has a pool of filled sentences in one Arrow array; a text is a few draws from the pools of its
genres and a closing sentence, joined element by element.
"""

import json
from functools import cache
from importlib import resources

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prodmon_widgets.datasets.genres import GENRES, NONE

_POOL = 60
_TURN = 6
_MOST_SENTENCES = 3
_CHUNK = 500_000


def compose(
    rng: np.random.Generator, languages: np.ndarray, sets: np.ndarray, halved: np.ndarray, names: tuple[str, ...]
) -> pa.ChunkedArray:
    """One text a row, in the language ``names[languages]``, about the genres of its set; ``halved`` ones end midway."""
    pools = _pools(names)
    spans = [slice(at, at + _CHUNK) for at in range(0, len(languages), _CHUNK)]
    return pa.chunked_array(
        [_compose_chunk(rng, pools, languages[span], sets[span], halved[span]) for span in spans], pa.large_string()
    )


def _compose_chunk(
    rng: np.random.Generator, pools: pa.Array, languages: np.ndarray, sets: np.ndarray, halved: np.ndarray
) -> pa.Array:
    n = len(languages)
    n_genres = (sets != NONE).sum(axis=1)
    n_sentences = rng.integers(2, _MOST_SENTENCES + 1, n)
    topics = len(GENRES) + 1
    parts = []
    # the pools go round the templates, and a turn is a multiple of their number: neighbours are never of one template
    first = rng.integers(0, _POOL, n)
    for place in range(_MOST_SENTENCES):
        genre = sets[np.arange(n), place % n_genres]
        filled = (first + place + _TURN * rng.integers(0, _POOL // _TURN, n)) % _POOL
        at = (languages.astype(np.int64) * topics + genre) * _POOL + filled
        parts.append(pools.take(pa.array(at, mask=place >= n_sentences)))
    closing = (languages.astype(np.int64) * topics + len(GENRES)) * _POOL + rng.integers(0, _POOL, n)
    texts = pc.binary_join_element_wise(
        *parts, pools.take(pa.array(closing)), pa.scalar(" ", pools.type), null_handling="skip"
    )
    return _halve(texts, halved)


def _halve(texts: pa.Array, halved: np.ndarray) -> pa.Array:
    """Cut the marked texts after half of their words."""
    whole = texts.filter(pa.array(halved)).to_pylist()
    return pc.replace_with_mask(texts, pa.array(halved), pa.array([_first_half(text) for text in whole], texts.type))


def _first_half(text: str) -> str:
    words = text.split(" ")
    return " ".join(words[: len(words) // 2])


@cache
def _pools(names: tuple[str, ...]) -> pa.Array:
    """Filled sentences: for each language, for each genre and then the closings, ``_POOL`` of them, in one array."""
    rng = np.random.default_rng(0)
    filled: list[str] = []
    for name in names:
        words = json.loads(resources.files(__package__).joinpath("vocabulary", f"{name}.json").read_text("utf-8"))
        for templates in [*(words["sentences"][genre] for genre in GENRES), words["closings"]]:
            filled += [_fill(rng, templates[at % len(templates)], words) for at in range(_POOL)]
    return pa.array(filled, pa.large_string())


def _fill(rng: np.random.Generator, template: str, words: dict[str, list[str]]) -> str:
    name, place = (str(rng.choice(words[kind])) for kind in ("names", "places"))
    text = template.format(name=name, place=place)
    return text[0].upper() + text[1:]
