"""Only a judge moved: told from a block whose other properties moved too, and from chance."""

import numpy as np
import pandas as pd

import prodmon_widgets as pm
from prodmon_widgets.engine.annotator.judging import only_judges_moved
from prodmon_widgets.engine.quality.estimate import Doubt

JUDGE = 2


def drawn(seed, n, *, judge=0.0, topic=0.5):
    """Two columns and a judge's score, which is higher for one topic."""
    # another stream than the one that the domain classifier splits by
    rng = np.random.default_rng([seed, 7])
    is_topic = rng.random(n) < topic
    columns = rng.normal(size=n), is_topic, 0.7 + 0.2 * is_topic + judge + rng.normal(0, 0.1, n)
    return np.column_stack(columns).astype(np.float32)


def test_a_judge_that_scores_lower_for_the_same_is_seen():
    assert only_judges_moved(drawn(0, 3000), drawn(1, 1000, judge=-0.1), [JUDGE], 0)


def test_a_topic_that_grew_explains_the_judge():
    assert not only_judges_moved(drawn(0, 3000), drawn(1, 1000, topic=0.9), [JUDGE], 0)


def test_chance_is_no_moved_judge_and_without_a_judge_there_is_none():
    assert not any(only_judges_moved(drawn(0, 3000), drawn(seed, 1000), [JUDGE], 0) for seed in range(1, 20))
    assert not only_judges_moved(drawn(0, 3000), drawn(1, 1000, judge=-0.1), [], 0)


def samples(seed, n, day, *, judge=0.0, falls=0.0):
    rng = np.random.default_rng(seed)
    quality = np.clip(rng.beta(5, 2, n) - falls, 0.02, 0.98)
    times = pd.Timestamp("2026-06-01") + pd.to_timedelta(day + np.sort(rng.random(n)) * 14, unit="D")
    frame = pd.DataFrame({"started_at": times, "length": rng.gamma(3, 60, n), "topic": rng.choice(["a", "b"], n)})
    return frame.assign(relevance=np.clip(quality + rng.normal(0, 0.1, n) + judge, 0, 1)), rng.random(n) < quality


def test_whichever_moved_the_band_reaches_from_the_judges_word_to_no_change_and_it_is_one_finding():
    evaluation, known = samples(0, 800, -20)
    evaluation = evaluation.assign(annotation=np.where(known, "good", "bad"))
    for world in ({"judge": -0.15}, {"falls": 0.1}):
        production, good = samples(1, 2000, 0, **world)
        judged = pm.Annotator(judges=["relevance"])
        monitor = pm.Monitor(evaluation, production, annotator=judged, text=False, progress=False)
        score = monitor.score()
        assert (bool(score.estimable), Doubt(int(score.doubt))) == (False, Doubt.JUDGED)
        assert score.low <= good.mean() <= score.high
        assert score.high >= monitor.evaluation_score.score - 0.01
        causes = monitor.causes()
        assert not causes.estimable
        assert "judge or product" in causes.text()
        assert "labels of the window would tell" in causes.text()
        assert not causes.items["segment"].str.contains("relevance").any()
