"""Schedules written twice: in Secrets Manager's words, and as what an independent library knows.

Nothing here reads an expression of Secrets Manager. Whoever writes one down, by hand or at random,
writes beside it what it means: for `cron()` a pattern of `cronsim`, whose weekdays count from 0 and
whose increments have both ends; for `rate()` a number. The windows follow from that.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from itertools import pairwise
from typing import Any, NamedTuple

from cronsim import CronSim

WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


class Window(NamedTuple):
    """When it opens, and when it closes: Fact 5.4, `NextRotationDate`."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """A `cron()` expression with its meaning."""

    expression: str
    pattern: str
    duration: int | None = None

    def __str__(self) -> str:
        return self.expression + _with(self.duration)

    @property
    def rules(self) -> dict[str, Any]:
        """The `RotationRules` to give."""
        return {"ScheduleExpression": self.expression, **_duration(self.duration)}

    @property
    def hours(self) -> list[int]:
        """The hours on which windows open."""
        return sorted(CronSim(self.pattern, datetime(2026, 1, 1)).hours)

    def windows(self, since: datetime) -> Iterator[Window]:
        """Those that open after a time."""
        several = len(self.hours) > 1
        for start in CronSim(self.pattern, since):
            if self.duration is not None:
                yield Window(start, start + timedelta(hours=self.duration))
            elif several:
                yield Window(start, start + timedelta(hours=1))
            else:
                yield Window(start, end_of_day(start))


@dataclass(frozen=True)
class EveryDays:
    """An interval in days, each time from the last rotation."""

    days: int
    expression: str | None = None
    """Without one: `AutomaticallyAfterDays`."""
    duration: int | None = None

    def __str__(self) -> str:
        return (self.expression or f"after {self.days} days") + _with(self.duration)

    @property
    def rules(self) -> dict[str, Any]:
        """The `RotationRules` to give."""
        if self.expression is None:
            return {"AutomaticallyAfterDays": self.days, **_duration(self.duration)}
        return {"ScheduleExpression": self.expression, **_duration(self.duration)}

    def windows(self, since: datetime) -> Iterator[Window]:
        """Those that open if each rotation happens on its day."""
        day = since.date()
        while True:
            day += timedelta(days=self.days)
            start = datetime.combine(day, time(), timezone.utc)
            if self.duration is None:
                yield Window(start, end_of_day(start))
            else:
                yield Window(start, start + timedelta(hours=self.duration))


@dataclass(frozen=True)
class EveryHours:
    """An interval in hours, each time from the full hour of the last rotation."""

    hours: int
    expression: str
    duration: int | None = None

    def __str__(self) -> str:
        return self.expression + _with(self.duration)

    @property
    def rules(self) -> dict[str, Any]:
        """The `RotationRules` to give."""
        return {"ScheduleExpression": self.expression, **_duration(self.duration)}

    def windows(self, since: datetime) -> Iterator[Window]:
        """Those that open if each rotation happens on its hour. None goes into the next day."""
        start = since.replace(minute=0, second=0, microsecond=0)
        while True:
            start += timedelta(hours=self.hours)
            midnight = end_of_day(start) + timedelta(seconds=1)
            yield Window(start, min(start + timedelta(hours=self.duration or 1), midnight))


Schedule = Calendar | EveryDays | EveryHours


def end_of_day(moment: datetime) -> datetime:
    """The last second of its UTC day."""
    return moment.replace(hour=23, minute=59, second=59)


def _duration(hours: int | None) -> dict[str, str]:
    return {} if hours is None else {"Duration": f"{hours}h"}


def _with(duration: int | None) -> str:
    return "" if duration is None else f" for {duration}h"


EXAMPLES: list[Schedule] = [
    # AWS Secrets Manager User Guide, "Rotation schedules".
    Calendar("cron(0 /8 * * ? *)", "0 0,8,16 * * *"),
    Calendar("cron(0 8/8 * * ? *)", "0 8,16 * * *"),
    Calendar("cron(0 2/10 * * ? *)", "0 2,12,22 * * *"),
    Calendar("cron(0 4/12 * * ? *)", "0 4,16 * * *"),
    Calendar("cron(0 10 * * ? *)", "0 10 * * *"),
    Calendar("cron(0 18 ? * SAT *)", "0 18 * * SAT"),
    Calendar("cron(0 8 1 * ? *)", "0 8 1 * *"),
    Calendar("cron(0 1 ? 1/3 SUN#1 *)", "0 1 * 1,4,7,10 SUN#1"),
    Calendar("cron(0 17 L * ? *)", "0 17 L * *"),
    Calendar("cron(0 21 L * ? *)", "0 21 L * *"),
    Calendar("cron(0 8 ? * MON-FRI *)", "0 8 * * MON-FRI"),
    Calendar("cron(0 16 1,15 * ? *)", "0 16 1,15 * *"),
    Calendar("cron(0 16 1,15 * ? *)", "0 16 1,15 * *", duration=2),
    Calendar("cron(0 0 ? * SUN#1 *)", "0 0 * * SUN#1"),
    Calendar("cron(0 0 ? 1/11 2#1 *)", "0 0 * JAN,DEC MON#1"),
    Calendar("cron(0 0 1-15 * ? *)", "0 0 1-15 * *"),
    Calendar("cron(0 0 1/2 * ? *)", "0 0 1-31/2 * *"),
    Calendar("cron(0 0 SUNL * ? *)", "0 0 * * 0L"),
    Calendar("cron(0 0 1 JAN,APR,JUL,OCT ? *)", "0 0 1 1,4,7,10 *"),
    Calendar("cron(0 0 1 1-3 ? *)", "0 0 1 JAN,FEB,MAR *"),
    Calendar("cron(0 0 ? * TUE#3 *)", "0 0 * * TUE#3"),
    Calendar("cron(0 0 ? * 1,4 *)", "0 0 * * SUN,WED"),
    Calendar("cron(0 0 ? * 1-4 *)", "0 0 * * SUN-WED"),
    Calendar("cron(0 0 ? * 1/2 *)", "0 0 * * SUN,TUE,THU,SAT"),
    Calendar("cron(0 0 ? * * *)", "0 0 * * *"),
    Calendar("cron(0 0 ? * L *)", "0 0 * * SAT"),
    # The lengths of months, and weekdays of which a month may have five.
    Calendar("cron(0 0 29 * ? *)", "0 0 29 * *"),
    Calendar("cron(0 0 30 * ? *)", "0 0 30 * *"),
    Calendar("cron(0 0 31 * ? *)", "0 0 31 * *"),
    Calendar("cron(0 0 L FEB ? *)", "0 0 L FEB *"),
    Calendar("cron(0 0 ? * FRIL *)", "0 0 * * 5L"),
    Calendar("cron(0 0 ? * 7L *)", "0 0 * * 6L"),
    Calendar("cron(0 0 ? * FRI#5 *)", "0 0 * * FRI#5"),
    # Intervals.
    EveryHours(4, "rate(4 hours)"),
    EveryHours(12, "rate(12 hours)"),
    EveryHours(6, "rate(6 hours)", duration=3),
    EveryDays(1, "rate(1 day)"),
    EveryDays(10, "rate(10 days)"),
    EveryDays(10, "rate(10 days)", duration=3),
    EveryDays(999, "rate(999 days)"),
    EveryDays(1),
    EveryDays(30),
    EveryDays(30, duration=2),
    EveryDays(1000),
]


def random_schedules(seed: int, count: int) -> list[Schedule]:
    """Always the same ones for a seed."""
    draw = random.Random(seed)
    return [_random_schedule(draw) for _ in range(count)]


def _random_schedule(draw: random.Random) -> Schedule:
    kind = draw.choices(["calendar", "days", "after days", "hours"], [12, 1, 1, 1])[0]
    days = draw.choice([draw.randint(1, 40), draw.randint(1, 999)])
    of_day = draw.choice([None, None, draw.randint(1, 24)])
    if kind == "days":
        unit = draw.choice(["day", "days"])
        return EveryDays(days, f"rate({days} {unit})", of_day)
    if kind == "after days":
        return EveryDays(days, None, of_day)
    if kind == "hours":
        hours = draw.randint(4, 100)
        of_hours = draw.choice([None, draw.randint(1, min(hours, 24))])
        return EveryHours(hours, f"rate({hours} hours)", of_hours)
    calendar = _random_calendar(draw)
    room = min(later - hour for hour, later in pairwise([*calendar.hours, 24]))
    duration = draw.choice([None, None, draw.randint(1, room)])
    return Calendar(calendar.expression, calendar.pattern, duration)


def _random_calendar(draw: random.Random) -> Calendar:
    hours = _random_hours(draw)
    months = Part("*", "*") if draw.random() < 0.6 else _MONTHS.field(draw)
    # A window in every year: no month but all has each fifth weekday and each day after the 28th.
    ordinals = range(1, 6 if months.ours == "*" else 5)
    kinds = {"days": 6, "L": 1, "DAYL": 1, "weekdays": 4, "weekday L": 1, "#": 3, "last": 1}
    kind = draw.choices(list(kinds), list(kinds.values()))[0]
    weekday = draw.randrange(7)
    named = draw.choice([WEEKDAYS[weekday], str(weekday + 1)])
    of_month, of_week = Part("?", "*"), Part("?", "*")
    if kind == "days":
        of_month = _DAYS.field(draw)
        if months.ours != "*" and not of_month.values & set(range(1, 29)):
            of_month = Part("*", "*")
    elif kind == "L":
        of_month = Part("L", "L")
    elif kind == "DAYL":
        of_month, of_week = Part(f"{WEEKDAYS[weekday]}L", "*"), Part("?", f"{weekday}L")
    elif kind == "weekdays":
        of_week = _WEEKDAYS.field(draw)
    elif kind == "weekday L":
        of_week = Part(f"{named}L", f"{weekday}L")
    elif kind == "#":
        nth = draw.choice(ordinals)
        of_week = Part(f"{named}#{nth}", f"{weekday}#{nth}")
    else:
        of_week = Part("L", "6")
    return Calendar(
        f"cron(0 {hours.ours} {of_month.ours} {months.ours} {of_week.ours} *)",
        f"0 {hours.theirs} {of_month.theirs} {months.theirs} {of_week.theirs}",
    )


@dataclass(frozen=True)
class Part:
    """A field or a piece of one, in Secrets Manager's words and in cronsim's."""

    ours: str
    theirs: str
    values: frozenset[int] = frozenset()


def _random_hours(draw: random.Random) -> Part:
    hour = draw.randrange(24)
    if draw.random() < 0.5:
        return Part(str(hour), str(hour))
    step = draw.randint(4, 23)
    if draw.random() < 0.3:
        return Part(draw.choice([f"/{step}", f"*/{step}"]), f"0-23/{step}")
    return Part(f"{hour}/{step}", f"{hour}-23/{step}")


@dataclass(frozen=True)
class _Kind:
    """The values of a field, from `first` on, and from `their_first` on in cronsim."""

    first: int
    last: int
    their_first: int
    names: list[str]

    def field(self, draw: random.Random) -> Part:
        """`*`, or a list of values, ranges and increments."""
        if draw.random() < 0.15:
            return Part("*", "*", frozenset(range(self.first, self.last + 1)))
        items = [self._item(draw) for _ in range(draw.choice([1, 1, 2, 3]))]
        return Part(
            ",".join(item.ours for item in items),
            ",".join(item.theirs for item in items),
            frozenset().union(*(item.values for item in items)),
        )

    def _item(self, draw: random.Random) -> Part:
        one, other = sorted(draw.randint(self.first, self.last) for _ in range(2))
        kind = draw.choice(["value", "range", "increment", "from the first"])
        if kind == "value":
            return Part(self._name(draw, one), self._theirs(one), frozenset([one]))
        if kind == "range":
            return Part(
                f"{self._name(draw, one)}-{self._name(draw, other)}",
                f"{self._theirs(one)}-{self._theirs(other)}",
                frozenset(range(one, other + 1)),
            )
        step = draw.randint(1, self.last)
        text = self._name(draw, one)
        if kind == "from the first":
            one, text = self.first, draw.choice(["", "*"])
        return Part(
            f"{text}/{step}",
            f"{self._theirs(one)}-{self._theirs(self.last)}/{step}",
            frozenset(range(one, self.last + 1, step)),
        )

    def _name(self, draw: random.Random, value: int) -> str:
        return draw.choice([str(value), *self.names[value - self.first :][:1]])

    def _theirs(self, value: int) -> str:
        return str(value - self.first + self.their_first)


_DAYS = _Kind(1, 31, 1, [])
_MONTHS = _Kind(1, 12, 1, MONTHS)
_WEEKDAYS = _Kind(1, 7, 0, WEEKDAYS)
