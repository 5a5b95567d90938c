"""Columns that are no properties whatever they hold: who it was, and what people said of samples.

What people said is the truth or a guess at it, and is there for few samples. An annotator that read it would learn to
repeat it, and would have nothing to read where nobody said anything.
"""

from __future__ import annotations

import re

PERSONS = frozenset(["user_id", "userid", "end_user_id", "customer_id", "account_id", "author_user_id", "user_name"])
PERSON = "an id of a person: a group that samples belong to"
SESSIONS = frozenset(["session_id", "conversation_id", "thread_id", "chat_id", "sessionid", "conversationid"])
REASONS = frozenset(["annotation_reason"])

SAID = "what people said of samples"
SPOKEN = frozenset(
    [
        *("feedback", "feedbacks", "annotation", "annotations", "annotator", "annotators", "annotated"),
        *("correction", "corrections", "corrected", "thumb", "thumbs", "thumbsup", "thumbsdown"),
        *("expectation", "expectations", "human", "reviewer", "reviewers", "user_score", "user_rating"),
    ]
)
"""Words in a column's name which say that people spoke."""


def closed(column: str) -> str | None:
    """Why a column of this name is no property; None where its name says nothing against it.

    >>> closed("User Feedback"), closed("feedbackScore"), closed("n_predictions")
    ('what people said of samples', 'what people said of samples', None)
    >>> closed("user_id")
    'an id of a person: a group that samples belong to'
    """
    name = plain(column)
    if name in SESSIONS:
        return "an id of a session"
    if name in PERSONS:
        return PERSON
    if name in REASONS:
        return "says why people annotated as they did, which production can't have"
    words = {*re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column).lower()), name}
    return SAID if words & SPOKEN else None


def plain(column: str) -> str:
    """A column's name without capitals, blanks and hyphens.

    >>> plain(" User-Interaction id")
    'user_interaction_id'
    """
    return column.strip().lower().replace(" ", "_").replace("-", "_")
