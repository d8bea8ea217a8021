"""How wrong this machine's clock is, where a portal's server and our own record agree against it. Pure."""

from datetime import datetime, timedelta

_DOUBT = timedelta(hours=1)
_AHEAD = timedelta(days=1)
_MOST = timedelta(days=36_500)


def skew(clock: datetime, served: datetime | None, last: datetime | None, before: timedelta) -> timedelta:
    """What is to be added to `clock` to have the time; zero where nothing speaks against it.

    `served` is when a server says that it answered, `last` when the portal was last looked at, `before` what was found then.
    A server alone proves nothing. It is believed when the clock lies before our last look and its time does not, or when the
    clock lies a day and more after its time, which does not lie before our last look; and as long as the difference stays.
    Where no server says the time, it is that of our last look at least.
    """
    back = last is not None and clock < last - _DOUBT
    if served is None or abs(served - clock) > _MOST:
        return last - clock if back and last is not None else timedelta()
    off = served - clock
    if abs(off) <= _DOUBT:
        return timedelta()
    if before and abs(off - before) <= _DOUBT:
        return off
    believed = last is not None and served >= last - _DOUBT
    return off if believed and (back or off < -_AHEAD) else timedelta()
