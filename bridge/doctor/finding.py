"""What a check found."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from ..errors import BridgeError

Verdict = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the doctor's report: `fix` says what to do, and is empty where there is nothing to do."""

    check: str
    verdict: Verdict
    text: str
    fix: str = ""


Check = Callable[[], Iterable[Finding]]


def tried(name: str, check: Check) -> list[Finding]:
    """What a check found; that it could not be made is a finding too."""
    try:
        return list(check())
    except BridgeError as error:
        return [Finding(name, "fail", str(error))]
    except OSError as error:
        return [Finding(name, "warn", f"could not be looked at: {error.strerror or error}")]
