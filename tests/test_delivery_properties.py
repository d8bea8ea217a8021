"""Random lives of a few deliveries on the real store: whatever happens, the state stays true and the receivers are spared."""

import shutil
import sqlite3
import sys
import tempfile
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.delivery_state import build
from bridge.core.dispatch import Manner, Pace, settle
from bridge.model import Closed, Later, Moved, Refused, Sent, Unsure
from bridge.rows import KEPT, REMOVED, UNSURE_REMOVED, WAITING
from bridge.stores import sqlite
from bridge.stores.times import ms, when

START = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MANNER = Manner(
    schedule=(5 * SECOND, 60 * SECOND),
    hold=timedelta(hours=1),
    probe=timedelta(minutes=10),
    give_up=timedelta(days=2),
    windows=((1, SECOND), (3, 20 * SECOND)),
    shared=((4, 2 * SECOND),),
)
ASIDE = (REMOVED, UNSURE_REMOVED)
CHATS = {"a": ("telegram", "1"), "b": ("telegram", "2"), "c": ("telegram", "3")}
ARTICLES = 5
DIGEST_OVER = 3
OUTCOMES = st.one_of(
    st.sampled_from([Sent("7"), Later("down"), Moved("9"), Refused("bad"), Closed("gone"), Closed("all", whole=True), Unsure("cut off")]),
    st.integers(1, 40_000).map(lambda seconds: ("asked", seconds)),
)


class Life(RuleBasedStateMachine):
    """A tick that can be killed, receivers that answer anything, a clock that jumps, and an operator."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="life-"))
        self.now = START
        build(self.folder, START, CHATS, ARTICLES)
        self.store, self.pace = sqlite.connect(self.folder), Pace()
        self.in_flight, self.ghosts = [], []
        self.calls = defaultdict(list)
        self.sent, self.reopened, self.named = set(), set(), dict(CHATS)

    def teardown(self):
        self.store.close()
        shutil.rmtree(self.folder)

    def rows(self, sql, *values):
        with closing(sqlite3.connect(f"{(self.folder / sqlite.FILE).as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return db.execute(sql, values).fetchall()

    # ------------------------------------------------------------ what can happen

    @rule(force=st.booleans())
    def send(self, force):
        """What may go is claimed; each call has its attempt on record, and nothing that should go first is passed over."""
        heads = self.store.outbox.heads(self.now, 99, "telegram", force=force)
        ready = []
        for due in heads:
            if self.pace.free_at("telegram", due.address, MANNER, self.now) <= self.now:
                self.pace.note("telegram", due.address, self.now)
                ready.append(due)
        # What a digest carries does not go out by itself, so it cannot be passed over either.
        waiting = "waiting = 1 AND (digest IS NULL OR digest = id)"
        before = self.rows(f"SELECT id, destination, held_until, due_at FROM deliveries WHERE {waiting}")
        for due, attempt, _ in self.store.outbox.claim([self.bundled(due) for due in ready], self.now):
            self.call(due, attempt, before)

    def bundled(self, due):
        """As the tick does: many new ones go out as one."""
        fresh = self.store.outbox.fresh(due.destination, self.now, DIGEST_OVER + 1)
        if due.digest is not None or due.state != "pending" or due.attempts or fresh <= DIGEST_OVER:
            return due
        self.store.outbox.gather(due.id, due.destination, self.now, 200)
        return replace(due, digest=due.id)

    def call(self, due, attempt, before):
        record = self.rows("SELECT outcome, done_at, at FROM attempts WHERE delivery = ? AND no = ?", due.id, attempt)
        assert [tuple(row) for row in record] == [("", None, ms(self.now))], "a call without a committed attempt"
        passed = [row for row in before if row["destination"] == due.destination and row["id"] < due.id]
        # Without a hold, what is passed over is not due yet: here, because the clock was set back.
        assert all(self.may_be_passed(row) for row in passed), "out of order"
        self.calls[due.destination].append(self.now)
        self.calls["*"].append(self.now)
        self.in_flight.append((due, attempt))

    def may_be_passed(self, row):
        return when(row["due_at"]) > self.now if row["held_until"] is None else when(row["held_until"]) <= self.now

    @precondition(lambda self: self.in_flight)
    @rule(data=st.data(), outcome=OUTCOMES, policy=st.sampled_from(["resend", "resend", "skip"]), chance=st.floats(0, 0.99))
    def answer(self, data, outcome, policy, chance):
        due, attempt = self.in_flight.pop(data.draw(st.integers(0, len(self.in_flight) - 1)))
        result = settle(due, attempt, self.meant(outcome), MANNER, self.now, chance, policy)
        self.pace.answered("telegram", due.address, self.now, result.moved_to)
        self.store.outbox.settle([result])
        [row] = self.rows("SELECT state FROM deliveries WHERE id = ?", due.id)
        assert row["state"] == result.state

    def meant(self, outcome):
        return Later("slow down", at=self.now + outcome[1] * SECOND, spent=False) if isinstance(outcome, tuple) else outcome

    @rule()
    def kill(self):
        """The process dies; the next one finds what was under way, and knows how fast it may write."""
        self.store.close()
        self.ghosts += [(due, attempt) for due, attempt in self.in_flight if due.digest is None]
        self.store = sqlite.connect(self.folder)
        assert self.store.outbox.recover(self.now) == len(self.in_flight)
        self.in_flight = []
        self.pace = Pace()
        self.pace.seed(self.store.outbox.recent(self.now - timedelta(seconds=90)))

    @precondition(lambda self: self.ghosts)
    @rule(outcome=OUTCOMES)
    def late_answer(self, outcome):
        """What a dead process would have said changes no delivery that has gone on."""
        due, attempt = self.ghosts.pop()
        before = self.rows("SELECT * FROM deliveries ORDER BY id")
        self.store.outbox.settle([settle(due, attempt, self.meant(outcome), MANNER, self.now, 0.5)])
        assert [tuple(row) for row in before] == [tuple(row) for row in self.rows("SELECT * FROM deliveries ORDER BY id")]

    @rule(seconds=st.sampled_from([0.3, 1, 1, 1, 2, 6, 6, 21, 70, 700, 4000, 100_000, -8]))
    def time_passes(self, seconds):
        self.now += seconds * SECOND

    @rule(chat=st.sampled_from(sorted(CHATS)), state=st.sampled_from(["open", "open", "paused", "disabled"]))
    def operator_marks(self, chat, state):
        self.store.outbox.mark(chat, state, "by hand", self.now, self.now + timedelta(minutes=5) if state == "paused" else None)

    @rule(number=st.integers(1, ARTICLES * len(CHATS)))
    def operator_sends_again(self, number):
        """What has ended waits again; what waits, perhaps for others that it carries, is left alone."""
        [row] = self.rows("SELECT waiting FROM deliveries WHERE id = ?", number)
        many = self.store.ledger.again([number], "by hand", self.now)
        assert many == 1 - row["waiting"]
        self.reopened |= {number} if many else set()

    @rule(number=st.integers(1, ARTICLES * len(CHATS)))
    def operator_drops(self, number):
        """What waits and is not under way ends; the rest stays as it is."""
        [row] = self.rows("SELECT state, waiting FROM deliveries WHERE id = ?", number)
        if row["waiting"] and row["state"] != "sending":
            self.store.outbox.drop(number, "skipped", "dropped by the operator", self.now)
            [row] = self.rows("SELECT state FROM deliveries WHERE id = ?", number)
            assert row["state"] == "skipped"

    @precondition(lambda self: not self.in_flight)
    @rule(chat=st.sampled_from(sorted(CHATS)))
    def subscriber_comes_or_goes(self, chat):
        """Nothing waits for one that is not in the configuration; what was put aside waits again when it is back."""
        aside = "destination = ? AND state = 'skipped' AND reason IN (?, ?)"
        if chat in self.named:
            del self.named[chat]
        else:
            self.named[chat] = CHATS[chat]
        self.store.outbox.configure(((name, *facts) for name, facts in sorted(self.named.items())), self.now)
        if chat in self.named:
            assert not self.rows(f"SELECT id FROM deliveries WHERE {aside} AND done_at >= ?", chat, *ASIDE, ms(self.now - KEPT))
        else:
            assert not self.rows("SELECT id FROM deliveries WHERE destination = ? AND waiting = 1", chat)

    @precondition(lambda self: not self.in_flight)
    @rule()
    def operator_restores(self):
        """All that waited is held; nothing else has changed."""
        self.store.upkeep.hold("restored", self.now)
        assert not self.rows("SELECT id FROM deliveries WHERE waiting = 1")

    @rule(release=st.booleans())
    def operator_decides(self, release):
        """What was held goes out, or never will; nothing is held any more."""
        (self.store.upkeep.release if release else self.store.upkeep.discard)("city", self.now)
        assert not self.rows("SELECT id FROM deliveries WHERE state = 'held'")

    # ------------------------------------------------------------ what always holds

    @invariant()
    def a_digest_is_whole(self):
        """What waits in a digest has a carrier that waits."""
        assert not self.rows("SELECT d.id FROM deliveries d JOIN deliveries c ON c.id = d.digest WHERE d.waiting > c.waiting")

    @invariant()
    def nothing_leaves_sent_without_an_operator(self):
        sent = {row["id"] for row in self.rows("SELECT id FROM deliveries WHERE state = 'sent'")}
        assert self.sent - sent <= self.reopened
        self.sent, self.reopened = sent, set()

    @invariant()
    def waiting_agrees_with_the_state(self):
        for row in self.rows("SELECT state, waiting, done_at FROM deliveries"):
            assert bool(row["waiting"]) == (row["state"] in WAITING) == (row["done_at"] is None)

    @invariant()
    def attempts_are_numbered_without_a_gap(self):
        numbers = defaultdict(list)
        for row in self.rows("SELECT delivery, no FROM attempts ORDER BY delivery, no"):
            numbers[row["delivery"]].append(row["no"])
        for row in self.rows("SELECT id, attempts FROM deliveries"):
            assert numbers[row["id"]] == list(range(1, row["attempts"] + 1))

    @invariant()
    def one_is_under_way_per_destination(self):
        sending = self.rows("SELECT id, destination FROM deliveries WHERE state = 'sending'")
        assert len({row["destination"] for row in sending}) == len(sending)
        assert {row["id"] for row in sending} == {due.id for due, _ in self.in_flight}

    @invariant()
    def no_window_is_exceeded(self):
        for name, times in self.calls.items():
            for many, length in MANNER.shared if name == "*" else MANNER.windows:
                gaps = zip(sorted(times), sorted(times)[many:], strict=False)
                assert all(later - earlier >= length for earlier, later in gaps), (name, many, length)


Life.TestCase.settings = settings(max_examples=50, stateful_step_count=40, suppress_health_check=[HealthCheck.filter_too_much])
TestLife = Life.TestCase
