"""Rules about packets, and who handles them: the same on paper and on a real engine."""

from __future__ import annotations

import pytest

from drills.errors import EngineError, UnknownTarget
from drills.stack.links import EVERYBODY, Delayed, Limited, Lost, Queued, Refused, Way, rules
from drills.stack.links import queue_of as queue
from tests.contract.benches import Bench

NOBODYS = ("192.0.2.1", "2001:db8::1")  # addresses for documentation


class TestRules:
    def test_hold_until_they_are_taken_back(self, bench: Bench) -> None:
        """Under their own mark, whatever else holds; once more is refused, back twice is not."""
        container, links = bench.add("app"), bench.runtime.links
        made = rules(NOBODYS, Lost(300_000)) | rules(NOBODYS, Refused(), [Way.OUTGOING])
        links.add(container, made, "one")
        links.add(container, rules(NOBODYS, Limited(1024, 65536)), "other")
        assert links.rules(container, "one") == made
        with pytest.raises(EngineError, match="File exists"):
            links.add(container, made, "one")
        for _ in range(2):
            links.remove(container, "one")
            assert links.rules(container, "one") == frozenset()
        assert links.rules(container, "other") == rules(NOBODYS, Limited(1024, 65536))

    def test_end_with_the_run_of_their_container(self, bench: Bench) -> None:
        """In its next one there is none; where it does not run, none can be made or taken back."""
        container, links = bench.add("app"), bench.runtime.links
        links.add(container, rules(NOBODYS), "one")
        bench.runtime.stop(container, 1)
        assert links.rules(container, "one") == frozenset()
        links.remove(container, "one")
        with pytest.raises(EngineError):
            links.add(container, rules(NOBODYS), "two")
        bench.runtime.start(container)
        assert links.rules(container, "one") == frozenset()

    def test_of_one_that_is_gone_nothing_is_known(self, bench: Bench) -> None:
        """As of everything else about it."""
        container, links = bench.add("app"), bench.runtime.links
        bench.remove(container)
        for ask in (links.rules, links.remove):
            with pytest.raises(UnknownTarget):
                ask(container, "one")


class TestHandling:
    def test_lasts_until_its_rules_are_taken_back(self, bench: Bench) -> None:
        """Though the container is gone by then."""
        container, links = bench.add("app"), bench.runtime.links
        made = rules(EVERYBODY, Queued(queue("one")), [Way.OUTGOING])
        links.handle(container, made, Delayed(0.1), 60, "one")
        assert links.handled("one")
        assert not links.handled("other")
        assert links.rules(container, "one") == made
        bench.remove(container)
        assert links.handled("one")
        with pytest.raises(UnknownTarget):
            links.remove(container, "one")
        assert not links.handled("one")

    def test_of_one_that_does_not_run_is_refused(self, bench: Bench) -> None:
        """And nobody is left of it once it is taken back."""
        container, links = bench.add("app"), bench.runtime.links
        bench.runtime.stop(container, 1)
        made = rules(EVERYBODY, Queued(queue("one")))
        with pytest.raises(EngineError):
            links.handle(container, made, Delayed(0.1), 60, "one")
        links.remove(container, "one")
        assert not links.handled("one")


def test_where_no_connection_is_open_none_is_reset(bench: Bench) -> None:
    """And no rule is left of it."""
    container, links = bench.add("app"), bench.runtime.links
    assert links.reset(container, NOBODYS, "one") == 0
    assert links.rules(container, "one") == frozenset()
