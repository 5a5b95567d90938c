from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodmon_widgets.engine.alerts.alerts import rehearse
from prodmon_widgets.engine.alerts.rehearsal import alarm_chance, delay_in_periods
from prodmon_widgets.engine.alerts.rulefile import DEFAULT, AlertRule, alert_rules
from prodmon_widgets.errors import InputError

DAYS, N, FALL = 60, 400, 40


class Past:
    """Sixty days whose score falls from .9 to .8 on day 40, when a new value and an effect appear."""

    evaluation_score = SimpleNamespace(score=0.9)

    def timeline(self, every=None, where=None):
        rng = np.random.default_rng(0)
        start = pd.date_range("2026-01-01", periods=DAYS, freq="D")
        level = np.where(np.arange(DAYS) < FALL, 0.9, 0.8) - (0.3 if where else 0)
        score = rng.binomial(N, level) / N
        frame = {"start": start, "end": start + pd.Timedelta("1D"), "n": N, "score": score}
        band = 1.96 * np.sqrt(score * (1 - score) / N)
        return pd.DataFrame({**frame, "low": score - band, "high": score + band, "coverage": 0.9, "supported": 1.0})

    def compare(self, window):
        effect = 0.5 if window[0] >= pd.Timestamp("2026-02-10") else 0.02
        return pd.DataFrame({"property": ["age"], "effect": [-effect], "low": [-effect - 0.1], "high": [-effect + 0.1]})

    def new_values(self, window):
        late = window[0] >= pd.Timestamp("2026-02-10")
        return pd.DataFrame({"property": ["device"] * late, "value": ["watch"] * late, "window_share": [0.03] * late})


def test_a_fall_fires_from_its_day_on_and_stays_open():
    alerts = rehearse(Past(), alert_rules([{"name": "falls", "measure": "drop", "above": 0.005, "periods": 2}]))
    fired = alerts.history.loc[alerts.history["fired"], "start"]
    assert fired.min() >= pd.Timestamp("2026-02-11")
    assert len(fired) > 15
    assert len(alerts) == 1
    assert alerts.open["since"].iloc[0] >= fired.min()
    assert "falls" in str(alerts)


class Doubtful(Past):
    """Effects whose band holds zero."""

    def compare(self, window):
        return pd.DataFrame({"property": ["age"], "effect": [0.3], "low": [-0.2], "high": [0.8]})


def test_an_effect_that_may_be_none_raises_no_alert():
    rule = {"name": "age", "measure": "effect", "property": "age", "above": 0.1}
    assert not rehearse(Doubtful(), alert_rules([rule])).history["fired"].any()
    assert rehearse(Past(), alert_rules([rule])).history["fired"].any()


class Recovered(Past):
    """The same fall, over for the last ten days."""

    def timeline(self, every=None, where=None):
        frame = super().timeline(every, where)
        frame.loc[DAYS - 10 :, ["score", "low", "high"]] = [0.9, 0.89, 0.91]
        return frame


def test_an_alert_that_is_over_is_kept_with_its_dates_and_counts_since_a_time():
    alerts = rehearse(Recovered(), alert_rules([{"name": "falls", "measure": "drop", "above": 0.005, "periods": 2}]))
    assert alerts.open.empty
    fired = alerts.history[alerts.history["fired"]]
    ended = fired["end"].max()
    last = alerts.closed.iloc[-1]
    assert (last["until"], last["value"] >= 0.05) == (ended, True)
    assert len(alerts.closed) == (fired["start"].diff() != pd.Timedelta("1D")).sum()
    assert f"over: falls: drop above 0.005, {last['value']:.3g} from" in str(alerts)
    assert len(alerts.since(ended - pd.Timedelta("1h"))) == 1
    assert alerts.since(ended).empty
    with pytest.raises(InputError, match="no time"):
        alerts.since("soon")


class Numbered(Recovered):
    """The same, in rows instead of days."""

    def timeline(self, every=None, where=None):
        return super().timeline(every, where).assign(start=np.arange(DAYS) * 100, end=np.arange(1, DAYS + 1) * 100)


class Risen(Past):
    """A rise on day 30 that is over on day 45."""

    def timeline(self, every=None, where=None):
        frame = super().timeline(every, where)
        score = np.where((np.arange(DAYS) >= 30) & (np.arange(DAYS) < 45), 0.97, 0.88)
        return frame.assign(score=score, low=score - 0.01, high=score + 0.01)


def test_a_rise_that_is_over_is_told_with_its_highest_value():
    alerts = rehearse(Risen(), alert_rules([{"name": "rises", "measure": "score", "change": "rise"}]))
    assert alerts.closed["value"].tolist() == [0.97]


def test_alerts_that_are_over_count_since_a_row_where_there_is_no_time():
    alerts = rehearse(Numbered(), alert_rules([{"name": "falls", "measure": "drop", "above": 0.005, "periods": 2}]))
    ended = int(alerts.closed["until"].iloc[-1])
    assert ended == (DAYS - 10) * 100
    assert (len(alerts.since(ended - 1)), len(alerts.since(ended))) == (1, 0)


def test_open_alerts_count_since_any_time():
    alerts = rehearse(Past(), alert_rules([{"name": "falls", "measure": "drop", "above": 0.005, "periods": 2}]))
    assert alerts.since("2030-01-01")["until"].isna().tolist() == [True]


def test_the_usual_rules_are_those_that_are_valid_at_every_look():
    assert alert_rules(None) == DEFAULT
    assert alert_rules(None, weekly=True)[-1].every == "7D"
    assert [rule.change for rule in DEFAULT] == ["fall", "rise", "fall", "fall", "any", None, None]


@pytest.mark.parametrize("rule", [{"measure": "drop", "above": 3}, {"measure": "coverage", "below": -0.1}])
def test_a_threshold_that_no_share_can_pass_is_refused(rule):
    with pytest.raises(InputError, match="the threshold is"):
        alert_rules([{"name": "r", **rule}])


@pytest.mark.parametrize(
    ("rule", "fires"),
    [
        ({"measure": "effect", "property": "age", "above": 0.3}, True),
        ({"measure": "effect", "property": "age", "above": 0.45}, False),
        ({"measure": "new_value", "above": 0.01}, True),
        ({"measure": "new_value", "property": "country", "above": 0.02}, False),
        ({"measure": "coverage", "below": 0.5}, False),
        ({"measure": "supported", "below": 0.5}, False),
        ({"measure": "score", "below": 0.7, "where": {"device": "tv"}}, True),
        ({"measure": "score", "below": 0.7}, False),
    ],
)
def test_each_measure_fires_where_it_passes_its_threshold_for_sure(rule, fires):
    assert bool(len(rehearse(Past(), alert_rules([{"name": "r", **rule}])))) == fires


def test_false_alarms_and_delay_come_from_the_quiet_days():
    timeline = Past().timeline()
    rule = AlertRule("low", "score", below=0.85)
    row = rehearse(Past(), (rule,)).rules.iloc[0]
    quiet = timeline["high"].to_numpy()[: FALL - 3]
    rng = np.random.default_rng(1)
    drawn = rng.normal(quiet.mean(), quiet.std(), 200_000)
    assert row["false_alarms_per_month"] == pytest.approx(30.4 * (drawn < 0.85).mean(), abs=0.05)
    assert row["delay_days"] == pytest.approx(1 / (drawn - 0.05 < 0.85).mean(), rel=0.25)
    tighter = rehearse(Past(), (AlertRule("low", "score", below=0.88),)).rules.iloc[0]
    assert tighter["false_alarms_per_month"] > row["false_alarms_per_month"]
    assert tighter["delay_days"] < row["delay_days"]


@given(st.floats(0.05, 1), st.integers(1, 4))
def test_the_delay_is_that_of_the_first_run_of_successes(chance, periods):
    # E[k] = (E[k − 1] + 1) / p
    expected = 0.0
    for _ in range(periods):
        expected = (expected + 1) / chance
    assert delay_in_periods(chance, periods) == pytest.approx(expected, rel=1e-6)


def test_with_too_few_quiet_periods_nothing_is_said():
    assert np.isnan(alarm_chance(np.array([0.9, 0.8]), AlertRule("low", "score", below=0.5), 0.0))


GOOD = "- {name: a, measure: score, below: 0.5}\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            GOOD + "- {name: b, measure: scores, below: 0.5}",
            "rules, line 2: measure 'scores' does not exist; did you mean 'score'",
        ),
        (GOOD + "- name: b\n  measure: score", "rules, line 2: rule 'b' needs one of three"),
        (GOOD + "- {name: b, measure: score, below: low}", "line 2: .*'low' is not a number"),
        (GOOD + "- {name: b, measure: score, bellow: 0.5}", "line 2: in a rule, key 'bellow' .* did you mean 'below'"),
        (GOOD + "- {measure: score, below: 0.5}", "line 2: the rule needs 'name'"),
        (GOOD + "- {name: b, measure: effect, above: 0.5}", "line 2: rule 'b' on effect needs the property"),
        (GOOD + "- {name: b, measure: score, below: 0.5, periods: 0}", "line 2: .*periods is 0"),
        (GOOD + "- just words", "line 2: 'just words' is no rule"),
        ("a: b", "expected a list of rules"),
        ("- {name: a", "rules, line 1: .*expected YAML"),
        ("- !!python/object/apply:os.system [ls]\n", "expected YAML"),
        ("nowhere.yaml", "there is no such file"),
        ([{"name": "b", "measure": "score"}], "rule 1: rule 'b' needs one of three"),
        (7, "rules is a int"),
        ([], "rules holds none"),
        ("[]\n", "rules holds none"),
    ],
)
def test_what_is_no_rule_is_told_with_its_place(source, message):
    with pytest.raises(InputError, match=message):
        alert_rules(source)


def test_rules_are_read_from_python_and_from_a_file(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text("- name: a\n  measure: score\n  below: 0.5\n  where: {language: it}\n")
    given_rule = {"name": "a", "measure": "score", "below": 0.5, "where": {"language": "it"}}
    assert alert_rules(file) == alert_rules([given_rule]) == (AlertRule(**given_rule),)
    assert alert_rules(None) == DEFAULT
    assert alert_rules(None, weekly=True)[-1].every == "7D"
