"""What the crash harness kills, and in which situation: each scene moves an installation to just before the killed process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.core.message import ZH
from bridge.stores import backups

from .crash_files import whole
from .crash_peers import titles
from .driver import Ending
from .verdict import Verdict, killed, settle
from .world import EVERYONE, Shape, World

OLD = "2020-01-01"
LONG = "，办理地点设在老街二号便民服务中心一楼大厅，节假日照常受理，咨询电话公布在窗口公告栏内"
"""What makes a title so long that a digest needs several messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A phase of the run. `make` moves a world to the moment before; the process that is killed is a tick, or `command`.

    Boundaries are counted as `stage` says. `then` happens after the kill, before ticks run until nothing is to be done, `look` at once
    after the kill; `closing` after all else, when the installation is at rest.
    """

    phase: str
    make: Callable[[World], None]
    shape: Shape = Shape()
    command: tuple[str, ...] = ()
    stage: str = ""
    then: Callable[[World, Verdict], None] | None = None
    closing: Callable[[World, Verdict], None] | None = None
    look: Callable[[World, Verdict], None] | None = None


def rest(world: World) -> None:
    """Ticks have run until one found nothing to do."""
    verdict = Verdict("", "")
    settle(world, verdict)
    if verdict.damaged:
        raise RuntimeError(f"the harness cannot start: {verdict.damaged}")


def done(ending: Ending) -> Ending:
    """The ending of something that had to go well."""
    if ending.error or ending.code not in {0, 1}:
        raise RuntimeError(f"the harness cannot go on: {ending.error or ending.said}")
    return ending


def cut_short(world: World, kill_at: int) -> None:
    """A tick that was killed while it delivered."""
    ending = world.tick(kill_at=kill_at, stage="deliver")
    if not ending.killed:
        raise RuntimeError(f"the harness cannot start: the tick was not killed ({ending.error})")
    killed(world)


# ---------------------------------------------------------------- situations


def new(world: World) -> None:
    """Nothing has run yet."""


def grown(world: World) -> None:
    """The portal has two new articles, and one is corrected."""
    rest(world)
    world.grow()


def burst(many: int, padding: str = "") -> Callable[[World], None]:
    """So many articles wait at once, and nothing of them was sent; the operator let go what the breaker held."""

    def make(world: World) -> None:
        rest(world)
        world.flood(many, padding)
        cut_short(world, 1)
        done(world.run("release", "city"))

    return make


def changed(world: World) -> None:
    """An article is corrected for the second time, another is gone for more than an hour."""
    rest(world)
    told = world.portal.stories
    world.correct(told[0].key, "更正一:")
    rest(world)
    world.portal.withdraw(told[3].key)
    world.wanted.withdrawn = (told[3].title,)
    world.wanted.said[told[3].title] = ZH.withdrawn
    done(world.tick())
    world.wait(hours=1)
    world.correct(told[0].key, "更正二:")


def blind(world: World) -> None:
    """The portal shows a captcha, and has been looked at once since."""
    rest(world)
    world.portal.fail(world.portal.list_url, "captcha")
    done(world.tick())
    world.wanted.notices = ("⚠ 柳渡信息网 (city): broken: blocked", "✓ 柳渡信息网 (city): well again")


def seeing_again(world: World) -> None:
    """The operators were told of the captcha; the portal is well again, and has two new articles."""
    blind(world)
    rest(world)
    world.portal.recover()
    world.grow()


def recovered(world: World, verdict: Verdict) -> None:
    """Once the operators know, the portal is well again."""
    settle(world, verdict)
    world.portal.recover()


def thrown_out(world: World) -> None:
    """The bot is no member of the chat any more."""
    rest(world)
    world.api.chats[-4711].refusal = "Forbidden: bot was kicked from the supergroup chat"
    world.flood(3)
    world.wanted.notices = ("⚠ subscriber group: paused", "✓ subscriber group: well again")


def let_in(world: World, verdict: Verdict) -> None:
    """Once the operators know, the bot is let in again, and the chat is asked again."""
    settle(world, verdict)
    world.api.chats[-4711].refusal = None
    world.wait(hours=6)


def removed(world: World) -> None:
    """Twelve articles wait, some were sent, one was just being sent; now nobody is subscribed."""
    burst(12)(world)
    cut_short(world, 45)
    world.configure(replace(world.shape, who=()))


def subscribed(world: World, verdict: Verdict) -> None:
    """Both are subscribed again, after two ticks without them."""
    for _ in range(2):
        ending = world.tick()
        if ending.error:
            verdict.damaged.append(ending.error)
    world.configure(world.shape)


def added_again(world: World) -> None:
    """They were removed while twelve articles waited, a tick has seen that, and they are back."""
    removed(world)
    done(world.tick())
    world.configure(world.shape)


def archive(world: World) -> None:
    """Seventy-six articles, of a month ago, stand in an archive; three are new, and begin another one."""
    world.flood(70)
    rest(world)
    world.wanted.unsent = frozenset(story.title for story in world.portal.stories)
    world.wait(days=40)
    rest(world)
    world.flood(3)


def published(world: World, verdict: Verdict) -> None:
    """What is published is whole right after the kill."""
    whole(world, verdict.damaged)


# ---------------------------------------------------------------- what operators do


def again(*command: str) -> Callable[[World, Verdict], None]:
    """The operator gives the command once more; that nothing is left to do is no fault."""

    def then(world: World, verdict: Verdict) -> None:
        ending = world.run(*command)
        if ending.error or ending.code not in {0, 2}:
            verdict.damaged.append(f"{' '.join(command)}: {ending.error or ending.said}")

    return then


def late(world: World) -> None:
    """Eight articles have waited for more than a day, of one nobody knows whether it was taken."""
    rest(world)
    world.flood(8)
    cut_short(world, 1)
    world.wait(hours=25)


def expired(world: World) -> None:
    """Eight articles were too old for the chat when it could be written to again."""
    late(world)
    world.wait(days=7)
    rest(world)


def half_sent(world: World) -> None:
    """Twelve articles wait, some were sent, one was just being sent; the operator drops the rest."""
    burst(12)(world)
    cut_short(world, 45)
    world.wanted.dropped = True
    world.wanted.ordered = False


def half_digested(world: World) -> None:
    """Seventy articles wait in a digest of several messages, of which the first is out; the operator drops the rest."""
    burst(70, LONG)(world)
    cut_short(world, 20)
    world.wanted.dropped = True
    world.wanted.shown = frozenset(title for message in world.messages() for title in titles(message.text)[0])


def told_all(world: World) -> None:
    """Everybody has everything, and the operator wants the hook to get it again."""
    rest(world)
    world.wanted.replayed = True


def told_group_only(world: World) -> None:
    """The hook was subscribed late, and was owed nothing of what had been."""
    world.configure(replace(world.shape, who=("group",)))
    rest(world)
    world.configure(replace(world.shape, hook_backfill=0))
    rest(world)


def held(world: World) -> None:
    """Forty articles appeared at once and are held."""
    rest(world)
    world.flood(40)
    done(world.tick())
    if not world.query("SELECT 1 FROM deliveries WHERE state = 'held'"):
        raise RuntimeError("the harness cannot start: nothing is held")


def unwanted(world: World) -> None:
    """They are held, and shall not be sent."""
    before = {story.title for story in world.portal.stories}
    held(world)
    world.wanted.unsent = frozenset(story.title for story in world.portal.stories) - before


def backed_up(world: World) -> None:
    """A backup was made while twelve articles waited; all of them went out since."""
    burst(12)(world)
    done(world.run("backup", "{folder}/backup.db"))
    rest(world)


def restored(world: World, verdict: Verdict) -> None:
    """The operator restores again, and discards what waited then."""
    again("restore", "--hold-pushes", "{folder}/backup.db")(world, verdict)
    again("discard", "city")(world, verdict)


def interrupted(world: World) -> None:
    """A tick was killed while it delivered; there is a backup of an earlier time."""
    rest(world)
    done(world.run("backup", "{folder}/backup.db"))
    world.grow()
    cut_short(world, 5)


def opens(world: World, verdict: Verdict) -> None:
    """The backup, whichever it is, can be restored: what it holds is whole."""
    tried(world.folder / "backup.db", world.folder / "elsewhere", verdict)


def tried(path: Path, elsewhere: Path, verdict: Verdict) -> None:
    """The backup `path` is verified, and restored in the folder `elsewhere`, where a store opens."""
    from datetime import UTC, datetime

    from bridge.errors import StoreError
    from bridge.stores import sqlite

    elsewhere.mkdir(exist_ok=True)
    try:
        held = backups.verified(path)
        found, _, _ = sqlite.restore(elsewhere, path, datetime(2026, 1, 1, tzinfo=UTC), hold=True)
        store = sqlite.connect(elsewhere)
        waiting = store.upkeep.waiting()
        store.close()
    except StoreError as error:
        verdict.damaged.append(f"a backup: {error}")
        return
    if held != found or waiting:
        verdict.damaged.append(f"a backup of {held} was restored as {found}, {waiting} waiting")
    for file in elsewhere.iterdir():
        file.unlink()


# ---------------------------------------------------------------- all of them

DIGEST = Shape(who=("group",), page_size=150, revisit=False, digest_over=10)
MANY = Shape(page_size=100)
WATCHED = Shape(who=(*EVERYONE, "ops", "duty"))


def commanded(phase: str, make: Callable[[World], None], *command: str, shape: Shape = Shape(), **more: object) -> Scene:  # noqa: B008
    """A command is killed, and given again."""
    return Scene(phase=f"command {phase}", make=make, shape=shape, command=command, **{"then": again(*command), **more})  # type: ignore[arg-type]


FIRST = Scene(phase="first tick, 6 articles", make=new, look=published)
SECOND = Scene(phase="second tick, 2 new and 1 edited", make=grown, look=published)
DELIVERY = Scene(phase="delivery", make=grown, stage="deliver")
RUSH = Scene(phase="30 new at once", make=burst(30), stage="deliver", shape=MANY)
SCENES: Sequence[Scene] = (
    FIRST,
    SECOND,
    Scene(phase="digest, 100 articles in 2 messages", make=burst(100, LONG), shape=DIGEST, stage="deliver"),
    Scene(phase="digest of what came late", make=late, shape=replace(DIGEST, digest_over=0), stage="deliver"),
    Scene(phase="second edit, withdrawal", make=changed),
    Scene(phase="notice: the portal is unreadable", make=blind, shape=WATCHED, then=recovered),
    Scene(phase="notice: it is well again", make=seeing_again, shape=WATCHED),
    Scene(phase="notice: the chat has thrown us out", make=thrown_out, shape=WATCHED, stage="deliver", then=let_in),
    Scene(phase="hub", make=grown, shape=Shape(hub=True), stage="deliver"),
    Scene(phase="subscribers removed", make=removed, then=subscribed),
    Scene(phase="subscribers added again", make=added_again),
    Scene(phase="publishing, 2 new and 1 edited", make=grown, stage="publish", look=published),
    Scene(phase="publishing, archives and pages", make=archive, shape=Shape(backfill=0, hook_backfill=0, revisit=False, page_size=150),
          stage="publish", look=published),
    commanded("retry", expired, "deliveries", "retry", "--failed"),
    commanded("drop", half_sent, "deliveries", "drop", "--dest", "group", "--waiting"),
    commanded("drop, within a digest", half_digested, "deliveries", "drop", "--dest", "group", "--waiting", shape=DIGEST),
    commanded("replay", told_all, "deliveries", "replay", "--dest", "hook", "--since", OLD),
    commanded("replay of what was never owed", told_group_only, "deliveries", "replay", "--dest", "hook", "--since", OLD, "--missing"),
    commanded("release", held, "release", "city", shape=MANY),
    commanded("discard", unwanted, "discard", "city", shape=MANY),
    commanded("restore", backed_up, "restore", "--hold-pushes", "{folder}/backup.db", then=restored),
    commanded("backup", interrupted, "backup", "--force", "{folder}/backup.db", look=opens, closing=opens),
)  # fmt: skip
BY_PHASE = {scene.phase: scene for scene in (*SCENES, DELIVERY, RUSH)}
