"""The text of a job: one message, or the parts of a digest. Pure."""

from collections.abc import Iterator

from ..core import message
from ..model import Job, Refused
from ._ladder import is_edit, is_photo, named, rung


def parted(job: Job) -> message.Part | Refused:
    """The message of a job; of a digest, the part that begins with the first entry that is not out."""
    if is_edit(job) and named(job.remote_id) is None:
        return Refused("no message to edit")
    if job.kind != "test" and not job.entries:
        return Refused("no article in this delivery")
    if job.kind == "digest":
        return message.digest(job.entries, int(job.progress.get("next", 0)), _markup(job))
    return message.Part(_whole(job), len(job.entries))


def texts(job: Job) -> Iterator[message.Message]:
    """Every message of a job, each part of a digest."""
    if job.kind != "digest":
        yield _whole(job)
        return
    after = 0
    while after < len(job.entries):
        part = message.digest(job.entries, after, _markup(job))
        yield part.message
        after = part.after


def _whole(job: Job) -> message.Message:
    """The text under a picture is shorter than a message, whether it is about to be sent or edited."""
    markup = _markup(job)
    if not job.entries:
        return message.hello(markup)
    under = is_photo(job) or (rung(job) == "upload" and markup != "bare" and bool(job.entry.images))
    return message.render(job.entry, job.kind, markup, message.CAPTION if under else message.VISIBLE)


def _markup(job: Job) -> message.Markup:
    markup: message.Markup = job.progress.get("markup", "html")
    return markup
