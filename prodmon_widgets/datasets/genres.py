"""The classes of the film tagger, and how sets of them are drawn.

A set is drawn by an exponential race: the first genre by popularity, the others by how well they go with the first.
Sets are rows of class codes, padded with ``NONE``.
"""

import numpy as np

POPULARITY = {
    "Drama": 16,
    "Comedy": 13,
    "Action": 10,
    "Romance": 9,
    "Adventure": 8,
    "Crime": 7,
    "Documentary": 6,
    "Family": 6,
    "Science Fiction": 5,
    "Horror": 5,
    "Fantasy": 5,
    "Animation": 5,
    "Thriller": 5,
    "Music": 4,
    "History": 4,
    "War": 3,
    "Biography": 3,
}
LATECOMERS = ("Mystery", "Western")
GENRES = (*POPULARITY, *LATECOMERS)
MOST = 4
NONE = -1

_FRIENDS = (
    {"Action", "Adventure", "Science Fiction", "Fantasy", "War"},
    {"Drama", "Romance", "Music", "Biography", "History", "War"},
    {"Comedy", "Family", "Animation", "Adventure", "Fantasy"},
    {"Crime", "Thriller", "Horror", "Drama", "Action"},
    {"Documentary", "Biography", "History", "Music"},
)
_CHUNK = 500_000


def draw_sets(rng: np.random.Generator, sizes: np.ndarray) -> np.ndarray:
    """Sets of distinct genres out of the regular ones: int8, shape (n, MOST), in the order drawn."""
    chunks = [sizes[at : at + _CHUNK] for at in range(0, len(sizes), _CHUNK)]
    return np.concatenate([_draw_chunk(rng, chunk) for chunk in chunks])


def other_than(rng: np.random.Generator, sets: np.ndarray) -> np.ndarray:
    """One regular genre a row that is not in the row's set: int8, shape (n,)."""
    arrivals = rng.exponential(size=(len(sets), len(POPULARITY))).astype(np.float32) / _weights()[0]
    for column in sets.T:
        regular = (column != NONE) & (column < len(POPULARITY))
        arrivals[np.flatnonzero(regular), column[regular]] = np.inf
    chosen: np.ndarray = arrivals.argmin(axis=1).astype(np.int8)
    return chosen


def names_of(sets: np.ndarray) -> list[list[str]]:
    """The sets as lists of names; every row has a list of its own."""
    keys = sets.astype(np.int32) @ (32 ** np.arange(MOST, dtype=np.int32))
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    distinct = [[GENRES[code] for code in row if code != NONE] for row in sets[first].tolist()]
    return [distinct[at].copy() for at in inverse.tolist()]


def _draw_chunk(rng: np.random.Generator, sizes: np.ndarray) -> np.ndarray:
    popularity, together = _weights()
    n, width = len(sizes), len(popularity)
    first = rng.choice(width, size=n, p=popularity / popularity.sum())
    arrivals = rng.exponential(size=(n, width)).astype(np.float32) / together[first]
    arrivals[np.arange(n), first] = -1.0
    fastest = np.argpartition(arrivals, np.arange(MOST), axis=1)[:, :MOST].astype(np.int8)
    return np.where(np.arange(MOST) < sizes[:, None], fastest, np.int8(NONE))


def _weights() -> tuple[np.ndarray, np.ndarray]:
    """Popularity, shape (17,), and the weight of each genre beside a first one, shape (17, 17)."""
    popularity = np.array(list(POPULARITY.values()), dtype=np.float32)
    friends = [[any({a, b} <= group for group in _FRIENDS) for b in POPULARITY] for a in POPULARITY]
    return popularity, popularity * np.where(friends, 4.0, 1.0).astype(np.float32)
