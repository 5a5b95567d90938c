"""The film story as frames: a tagger of films, evaluated with labels and watched without them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from prodmon_widgets.datasets import story
from prodmon_widgets.datasets.genres import GENRES, names_of
from prodmon_widgets.datasets.overviews import compose
from prodmon_widgets.errors import check_count

_FEWEST = 1_000
_EVALUATION, _PRODUCTION, _EVALUATION_TEXT, _PRODUCTION_TEXT = range(4)


def movies(seed: int = 0, n: int = 20_000) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A made-up multi-label film tagger: its evaluation set and three months of production.

    The data are synthetic and seeded. A prediction is a list of genres; one wrong genre makes it bad.

    Parameters
    ----------
    seed : int
        At least 0. The same seed and ``n`` give the same frames.
    n : int
        Rows of production, at least 1,000. The evaluation set has a fifth of them, at least 4,000 and at most 20,000. A
        million rows take seconds. The means of predictions a sample are exact to two decimals from 5,000 rows on.

    Returns
    -------
    evaluation, production : pandas.DataFrame
        One row a sample, in the order of time: ``user_interaction_id``, ``started_at`` and ``finished_at`` (UTC, naive;
        March and April for evaluation, May to July 2023 for production), ``input`` (the overview that the model read),
        ``prediction`` (list of genres), ``confidence`` and ``relevance`` (a judge's score), both in [0, 1],
        ``language`` (of the overview), ``country``, ``device``, ``feed`` (where the film came from),
        ``release_year``, ``runtime_minutes`` (some missing). Evaluation also has ``annotation`` ("Good" or "Bad"),
        ``annotation_reason`` and ``label`` (the true genres). Production has no ground truth: see
        :func:`movies_truth`.

    Raises
    ------
    InputError
        On a negative seed or too few rows.

    Examples
    --------
    >>> evaluation, production = movies(n=5_000)
    >>> evaluation.shape, production.shape
    ((4000, 16), (5000, 13))
    >>> [f"{frame['prediction'].map(len).mean():.2f}" for frame in (evaluation, production)]
    ['1.96', '2.02']
    """
    labelled, unlabelled = _evaluation(seed, n), _production(seed, n)
    evaluation = _frame(labelled, "e", np.random.default_rng([seed, _EVALUATION_TEXT]))
    production = _frame(unlabelled, "p", np.random.default_rng([seed, _PRODUCTION_TEXT]))
    return evaluation.assign(**_annotations(labelled)), production


def movies_truth(seed: int = 0, n: int = 20_000) -> pd.DataFrame:
    """The true annotations of the production frame of ``movies(seed, n)``, for tests and for checking an estimate.

    Returns
    -------
    pandas.DataFrame
        ``user_interaction_id``, ``annotation``, ``annotation_reason`` and ``label``, in the order of production.

    Examples
    --------
    >>> movies_truth(n=5_000).columns.to_list()
    ['user_interaction_id', 'annotation', 'annotation_reason', 'label']
    """
    draws = _production(seed, n)
    return pd.DataFrame({"user_interaction_id": _ids("p", len(draws.good)), **_annotations(draws)})


def _evaluation(seed: int, n: int) -> story.Draws:
    _check(seed, n)
    return story.draw_evaluation(np.random.default_rng([seed, _EVALUATION]), min(20_000, max(4_000, n // 5)))


def _production(seed: int, n: int) -> story.Draws:
    _check(seed, n)
    return story.draw_production(np.random.default_rng([seed, _PRODUCTION]), n)


def _check(seed: int, n: int) -> None:
    check_count("seed", seed)
    check_count("n", n, _FEWEST)


def _frame(draws: story.Draws, letter: str, rng: np.random.Generator) -> pd.DataFrame:
    started = draws.started_ms.astype("datetime64[ms]")
    return pd.DataFrame(
        {
            "user_interaction_id": _ids(letter, len(started)),
            "started_at": started,
            "finished_at": started + draws.latency_ms.astype("timedelta64[ms]"),
            "input": compose(rng, draws.language, draws.true, draws.halved, story.LANGUAGE.values).to_pandas(),
            "prediction": names_of(draws.predicted),
            "confidence": draws.confidence,
            "relevance": draws.relevance,
            "language": _words(story.LANGUAGE.values, draws.language),
            "country": _words(story.COUNTRY.values, draws.country),
            "device": _words(story.DEVICE.values, draws.device),
            "feed": _words(story.FEED.values, draws.feed),
            "release_year": draws.release_year,
            "runtime_minutes": draws.runtime_minutes,
        }
    )


def _annotations(draws: story.Draws) -> dict[str, Any]:
    wrong = draws.predicted[np.arange(len(draws.good)), (draws.predicted != draws.true).argmax(axis=1)]
    reasons = _words([f"wrong genre: {genre}" for genre in GENRES], wrong)
    return {
        "annotation": _words(("Bad", "Good"), draws.good.astype(np.int8)),
        "annotation_reason": reasons.mask(draws.good),
        "label": names_of(draws.true),
    }


def _ids(letter: str, n: int) -> pd.Series:
    digits = pc.utf8_lpad(pc.cast(pa.array(np.arange(n)), pa.string()), 8, "0")
    ids: pd.Series = pc.binary_join_element_wise(letter, digits, "").to_pandas()
    return ids


def _words(values: Sequence[str], codes: np.ndarray) -> pd.Series:
    words: pd.Series = pa.array(values).take(pa.array(codes)).to_pandas()
    return words
