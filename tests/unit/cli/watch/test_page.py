"""A page that is made when it is asked for: not more often than it may cost."""

from __future__ import annotations

from drills.cli.watch.page import BETWEEN, SHARE, LivePage


class Costly:
    """A page that takes so long to make, on a clock by hand."""

    def __init__(self, cost: float = 0.01) -> None:
        self.now, self.cost, self.state, self.made = 100.0, cost, 0, 0
        self.page = LivePage(lambda: self.state, self.make, lambda: self.now, lambda: self.now)

    def make(self, number: int) -> str:
        self.made += 1
        self.now += self.cost
        return f"page {number}, state {self.state}"

    def ask(self, later: float = 0.0) -> tuple[int, bytes]:
        self.now += later
        return self.page.latest()


def test_it_is_made_when_somebody_asks() -> None:
    """And not before; the same page is the same number."""
    costly = Costly()
    assert costly.made == 0
    assert costly.ask() == (1, b"page 1, state 0")
    assert costly.ask() == (1, b"page 1, state 0")
    assert costly.made == 1


def test_what_has_not_changed_is_not_made_again() -> None:
    """However long nobody did anything."""
    costly = Costly()
    costly.ask()
    assert costly.ask(later=3600)[0] == 1
    costly.state = 1
    assert costly.ask(later=BETWEEN) == (2, b"page 2, state 1")


def test_it_is_made_at_most_once_a_second() -> None:
    """However many ask, and whatever happens meanwhile."""
    costly = Costly()
    for _ in range(100):
        costly.state += 1
        costly.ask(later=0.1)
    assert costly.made <= 100 * (0.1 + costly.cost) / BETWEEN + 1


def test_what_is_dear_is_made_more_seldom() -> None:
    """A share of the time and no more, of a drill of whatever length."""
    costly = Costly(cost=2.0)
    begun, spent = costly.now, 0.0
    while costly.now < begun + 1000:
        costly.state += 1
        costly.ask(later=0.5)
        spent = costly.made * costly.cost
    assert spent / (costly.now - begun) <= SHARE + costly.cost / 1000
    assert costly.made > 10


def test_the_first_page_may_be_dear() -> None:
    """Much is loaded for it, once: what follows is not put off for that."""
    costly = Costly(cost=5.0)
    costly.ask()
    costly.state, costly.cost = 1, 0.01
    assert costly.ask(later=BETWEEN)[0] == 2


def test_the_report_is_the_last_page() -> None:
    """At once, and nothing is made any more."""
    costly = Costly()
    costly.ask()
    assert not costly.page.is_over()
    costly.state = 1
    costly.page.finish(b"the report")
    assert costly.page.is_over()
    assert costly.ask(later=60) == (1, b"the report")
    assert costly.made == 1
