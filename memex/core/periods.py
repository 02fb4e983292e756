"""Dates as people write them: `2w`, `yesterday`, `last month`, `2026-05`; each is a period, not a moment.

Libraries that read dates give moments, and of `until:2026-05` all of May is meant. Hence this small grammar.
"""

import re
from calendar import monthrange
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1980, 2100
"""Beyond them some platforms cannot tell the local time."""
LONGEST = 40

AGO = re.compile(
    r"(\d{1,4}) ?(minutes?|min|hours?|h|days?|d|weeks?|w|months?|mo|m|years?|y)(?: ago)?", re.ASCII
)
RELATIVE = re.compile(r"(this|last) ([a-z]+)")
MONTH_AND_YEAR = re.compile(r"([a-z]{3,9})(?: (\d{4}))?", re.ASCII)
DATE = re.compile(
    r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{6}))?)?)?)?)?",
    re.ASCII,
)

DAY = timedelta(days=1)
WIDTHS = {3: DAY, 5: timedelta(minutes=1), 6: timedelta(seconds=1), 7: timedelta(microseconds=1)}
"""Of a date that is written with so many numbers."""


class Period(Struct, frozen=True):
    start: datetime
    end: datetime
    """The first moment after it; both with a time zone."""


def period_of(text: str, now: datetime) -> Period | None:
    """None if the text names none. `now` without a time zone is local, and the answer has the machine's."""
    words = " ".join(text.lower().replace("_", " ").split())
    if not words or len(words) > LONGEST:
        return None
    try:
        found = _wall_clock_period(words, now.replace(tzinfo=None))
        return found and Period(_placed(found[0], now.tzinfo), _placed(found[1], now.tzinfo))
    except (ValueError, OverflowError):
        return None


def _wall_clock_period(words: str, now: datetime) -> tuple[datetime, datetime] | None:
    found = _date(words)
    if found is None:
        spaced = words.replace("-", " ")
        found = _named_day(spaced, now) or _ago(spaced, now) or _relative(spaced, now) or _month(spaced, now)
    if found and FIRST_YEAR <= found[0].year <= LAST_YEAR:
        return found
    return None


def _placed(wall_clock: datetime, zone: tzinfo | None) -> datetime:
    """In the zone of `now`; a fixed offset would be an hour off across a change of clocks."""
    return wall_clock.replace(tzinfo=zone) if zone else wall_clock.astimezone()


def _date(words: str) -> tuple[datetime, datetime] | None:
    match = DATE.fullmatch(words)
    if not match:
        return None
    numbers = [int(number) for number in match.groups() if number is not None]
    if len(numbers) == 1:
        return _year(numbers[0])
    if len(numbers) == 2:
        return _month_of(numbers[0], numbers[1])
    start = datetime(*numbers)  # type: ignore[arg-type]
    return start, start + WIDTHS[len(numbers)]


def _named_day(words: str, now: datetime) -> tuple[datetime, datetime] | None:
    if words in ("today", "yesterday"):
        return _day(now - DAY * (words == "yesterday"))
    for number, name in enumerate(WEEKDAYS):
        if words in (name, name[:3]):
            return _day(now - DAY * ((now.weekday() - number) % 7))
    return None


def _ago(words: str, now: datetime) -> tuple[datetime, datetime] | None:
    """The day, so many days, weeks, months or years ago; the minute, for minutes and hours."""
    match = AGO.fullmatch(words)
    if not match:
        return None
    count, unit = int(match[1]), match[2]
    if unit.startswith(("min", "h")):
        start = now.replace(second=0, microsecond=0)
        start -= timedelta(minutes=count) if unit.startswith("min") else timedelta(hours=count)
        return start, start + timedelta(minutes=1)
    if unit.startswith(("d", "w")):
        return _day(now - DAY * count * (7 if unit.startswith("w") else 1))
    return _day(months_before(now, count * (12 if unit.startswith("y") else 1)))


def _relative(words: str, now: datetime) -> tuple[datetime, datetime] | None:
    """`this week` begins on Monday; `last friday` is before today."""
    match = RELATIVE.fullmatch(words)
    if not match:
        return None
    is_last, unit = match[1] == "last", match[2]
    if unit == "week":
        (monday, _) = _day(now - DAY * (now.weekday() + 7 * is_last))
        return monday, monday + DAY * 7
    if unit == "month":
        start = months_before(now.replace(day=1), int(is_last))
        return _month_of(start.year, start.month)
    if unit == "year":
        return _year(now.year - is_last)
    return _named_day(unit, now - DAY) if is_last and unit not in ("today", "yesterday") else None


def _month(words: str, now: datetime) -> tuple[datetime, datetime] | None:
    """`may` is the last one that has begun."""
    match = MONTH_AND_YEAR.fullmatch(words)
    numbers = [i for i, name in enumerate(MONTHS, 1) if match and match[1] in (name, name[:3])]
    if not match or not numbers:
        return None
    (number,) = numbers
    return _month_of(int(match[2]) if match[2] else now.year - (number > now.month), number)


def _day(moment: datetime) -> tuple[datetime, datetime]:
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + DAY


def _month_of(year: int, month: int) -> tuple[datetime, datetime]:
    start = datetime(year, month, 1)
    return start, start + DAY * monthrange(year, month)[1]


def _year(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1), datetime(year + 1, 1, 1)


def months_before(moment: datetime, count: int) -> datetime:
    """The same day of the month, or the last one that the month has."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - count, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
