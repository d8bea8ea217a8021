"""How a chat message sheds what its chat does not take, rung by rung: its picture, and its markup. Pure.

The rung reached is in the delivery's progress, so that what was refused once is not tried again in the same delivery.
"""

import re
from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Final

from ..model import Job, Later

IMAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "preview": ("preview", "upload", "none"),
    "upload": ("upload", "preview", "none"),
    "none": ("none",),
}
"""The `images` setting, and the rungs that a message goes down: Telegram fetches the picture, we send it, there is none."""

_MARKUP: Final = {"html": "plain", "plain": "bare"}
_NAME = re.compile(r"(p?)([1-9][0-9]{0,18})", re.ASCII)


def named(remote_id: str | None) -> tuple[int, bool] | None:
    """(message id, whether it is a photo with a caption) of a name made by `name`; None when it is none."""
    found = _NAME.fullmatch(remote_id or "")
    return (int(found[2]), bool(found[1])) if found else None


def name(message_id: int, *, photo: bool) -> str:
    """What a message is called in the state: `123`, or `p123` for a photo, whose text is a caption and edited as such."""
    return f"p{message_id}" if photo else str(message_id)


def is_edit(job: Job) -> bool:
    """Whether this job changes a message that is there instead of sending one."""
    return job.kind in {"updated", "withdrawn"}


def is_photo(job: Job) -> bool:
    """Whether the message that this job edits is a photo."""
    found = named(job.remote_id) if is_edit(job) else None
    return found is not None and found[1]


def rung(job: Job) -> str:
    """How this job's message shows its picture now: "preview", "upload" or "none"."""
    rungs, reached = _rungs(job), job.progress.get("image")
    return reached if reached in rungs else rungs[0]


def lower(job: Job, why: str, code: str = "") -> Later | None:
    """The step to the next rung, which costs no attempt; None at the lowest."""
    rungs = _rungs(job)
    left = rungs[rungs.index(rung(job)) + 1 :]
    return _step(job, why, code, "image", left[0]) if left else None


def picture(job: Job) -> str:
    """The address of the picture that the job's message shows; empty for none."""
    return job.entry.images[0].url if len(job.entries) == 1 and job.entry.images else ""


def passing(job: Job, failed: Container[str]) -> Job:
    """The job on the rung below, when Telegram is known to fail to fetch its picture: it would fail for days, so it is not asked again."""
    step = lower(job, "") if failed and picture(job) in failed and rung(job) == "preview" else None
    return replace(job, progress=step.progress or {}) if step else job


def plainer(job: Job, why: str, code: str = "") -> Later | None:
    """The step to less markup, which costs no attempt; None when there is none left."""
    step = _MARKUP.get(job.progress.get("markup", "html"))
    return _step(job, why, code, "markup", step) if step else None


def _rungs(job: Job) -> tuple[str, ...]:
    """An edit can neither turn a text into a photo nor take a photo's picture away."""
    rungs = IMAGES[getattr(job.target.settings, "images", "preview")]
    if is_photo(job):
        return ("none",)
    return tuple(step for step in rungs if step != "upload") if is_edit(job) else rungs


def _step(job: Job, why: str, code: str, part: str, step: str) -> Later:
    return Later(why, spent=False, code=code, progress={**job.progress, part: step})
