"""A rolling restart leaves customers an instance that serves, at every moment."""

from __future__ import annotations

import itertools

import pytest

from drills.errors import ResponseFailed
from drills.journal.facts import ResponseStep
from drills.runbook.bench import Bench as Workplace
from drills.runbook.procedure import carry_out
from drills.stack.runtime import Container
from drills.units import NS
from tests.doubles.bench import Bench
from tests.doubles.scripted import Answer, Query, Service
from tests.doubles.working import TITLE, name_of, restart


class TestRestart:
    def test_one_after_the_other_each_when_the_one_before_answers(
        self, bench: Bench, service: Service, work: Workplace
    ) -> None:
        """So that customers always find one that serves."""
        bench.runtime.find("app", 1)
        answers = itertools.cycle(bench.runtime.containers("app"))
        order: list[str] = []

        def health(_: Query) -> Answer:
            instance = next(answers)
            order.append(f"{instance.name} answers")
            return {"instance": name_of(instance)}

        restarted = bench.runtime.restart

        def noted(container: Container, grace: float | None = None) -> None:
            order.append(f"{container.name} restarts")
            restarted(container, grace)

        bench.runtime.restart = noted  # type: ignore[method-assign]
        service.on("/health", health)
        carry_out(work, TITLE, (restart(),))
        first, second = (order.index(f"fake-app-{number} restarts") for number in (1, 2))
        assert first == 0
        assert "fake-app-1 answers" in order[first:second]
        assert "fake-app-2 answers" in order[second:]
        detail = bench.event(ResponseStep).detail
        assert detail == {"service": "app", "instances": ["fake-app-1", "fake-app-2"]}

    @pytest.mark.parametrize("gap_after", [None, 0.3])
    def test_the_next_one_once_customers_were_answered_for_a_while(
        self, bench: Bench, service: Service, work: Workplace, gap_after: float | None
    ) -> None:
        """Who still waits for the old address is served by the next one; a gap begins it anew."""
        first, second = bench.runtime.containers("app")
        restarts: dict[str, int] = {}
        since: list[int] = []  # from when on customers have been answered, as far as they know
        restarted = bench.runtime.restart

        def noted(container: Container, grace: float | None = None) -> None:
            restarts[container.name] = bench.clock.monotonic_ns()
            restarted(container, grace)

        def health(_: Query) -> Answer:
            if second.name in restarts:
                return {"instance": name_of(second)}
            now_ns = bench.clock.monotonic_ns()
            since[:] = since or [now_ns]
            if gap_after and len(since) == 1 and now_ns - since[0] >= gap_after * NS:
                since.append(now_ns)
                return 502, "bad gateway"
            return {"instance": name_of(first)}

        bench.runtime.restart = noted  # type: ignore[method-assign]
        service.on("/health", health)
        carry_out(work, TITLE, (restart(),))
        assert restarts[second.name] - since[-1] >= restart().hold * NS
        assert len(since) == (2 if gap_after else 1)

    def test_customers_who_are_not_answered_end_it(
        self, bench: Bench, service: Service, work: Workplace
    ) -> None:
        """The next instance is not taken away from them, too."""
        first, _ = bench.runtime.containers("app")
        once: Answer = {"instance": name_of(first)}
        answers = itertools.chain([once], itertools.repeat((502, "gone")))
        service.on("/health", lambda _: next(answers))
        with pytest.raises(ResponseFailed, match="customers are answered for 1 s without a gap"):
            carry_out(work, TITLE, (restart(),))
        assert [call.container for call in bench.runtime.calls] == ["fake-app-1"]

    def test_only_the_very_instance_s_answer_counts(
        self, service: Service, work: Workplace
    ) -> None:
        """Another one's answer, or a text that is too short to be an id, is none of its."""
        service.on("/health", {"instance": "id"})
        with pytest.raises(ResponseFailed, match=r"fake-app-1 answers /health: .*last seen: id"):
            carry_out(work, TITLE, (restart(),))

    def test_patience_bounds_the_wait(
        self, bench: Bench, service: Service, work: Workplace
    ) -> None:
        """An instance that does not come back ends the procedure, not the drill."""
        service.on("/health", "bad gateway")
        began = bench.clock.monotonic_ns()
        with pytest.raises(ResponseFailed, match="not within 500 ms"):
            carry_out(work, TITLE, (restart(),))
        assert bench.clock.monotonic_ns() - began < NS
