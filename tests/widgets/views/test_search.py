"""The newest question wins; older ones are told to stop, and an idle search keeps no thread."""

import threading

from prodmon_widgets.widgets.views.search import LatestOnly, Token

WAIT = 10


def test_a_question_is_answered_in_another_thread() -> None:
    answered: list[tuple[str, str]] = []
    search = LatestOnly[str](
        lambda question, token: answered.append((question, threading.current_thread().name)), "mine"
    )
    search.ask("why?")
    search.join()
    assert answered == [("why?", "mine")]


def test_a_newer_question_cancels_the_one_being_worked_on_and_replaces_those_waiting() -> None:
    started, go_on = threading.Event(), threading.Event()
    seen: list[tuple[str, bool]] = []

    def work(question: str, token: Token) -> None:
        started.set()
        assert go_on.wait(WAIT)
        seen.append((question, token.cancelled()))

    search = LatestOnly[str](work)
    search.ask("first")
    assert started.wait(WAIT)
    search.ask("second")
    search.ask("third")
    go_on.set()
    search.join()
    assert seen == [("first", True), ("third", False)]


def test_cancel_drops_what_waits() -> None:
    started, go_on = threading.Event(), threading.Event()
    seen: list[tuple[str, bool]] = []

    def work(question: str, token: Token) -> None:
        started.set()
        assert go_on.wait(WAIT)
        seen.append((question, token.cancelled()))

    search = LatestOnly[str](work)
    search.ask("first")
    assert started.wait(WAIT)
    search.ask("second")
    search.cancel()
    go_on.set()
    search.join()
    assert seen == [("first", True)]


def test_an_idle_search_keeps_no_thread_and_still_answers_later() -> None:
    answered: list[str] = []
    search = LatestOnly[str](lambda question, token: answered.append(question), "idle-search")
    for question in ("one", "two"):
        search.ask(question)
        search.join()
    assert answered == ["one", "two"]
    assert not [thread for thread in threading.enumerate() if thread.name == "idle-search"]
