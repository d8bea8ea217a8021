"""Which groups are the page's articles: one list, or the blocks of a front page."""

import re
from bisect import bisect
from collections import Counter
from dataclasses import dataclass

from . import items
from .candidates import MAIN, Candidate
from .groups import Group
from .outline import Outline
from .shapes import is_front, site_of

_ONE_SITE = 0.75
_ENTRY, _SHORTER = 34.0, 0.6  # columns of a menu's entries


@dataclass(slots=True)
class Choice:
    """The chosen groups, the first of them the winner, and how the page was understood: one list, or a front page of blocks.

    `site` is the one to which nearly all links lead, empty where they lead to many; `like` how much the addresses of titles are like
    articles'.
    """

    groups: list[Group]
    kind: str
    site: str = ""
    like: float = 0.0

    @property
    def winner(self) -> Group:
        """The group that the others joined."""
        return self.groups[0]


def choose(page: Outline, ranked: list[Group], *, paged: bool, known: str | None = None) -> Choice | None:
    """The groups that are the page's articles, or None where none reads like them. `known` is the place that won before."""
    usable = [group for group in ranked if _reads(group)]
    plain = next((group for group in ranked if _lists(group)), None)
    if plain and (not usable or plain.score > usable[0].score):
        usable = [plain, *usable]
    if not usable:
        return None
    winner = _winner(usable, known)
    usable = [group for group in usable if group is winner or not group.nested or winner.nested]
    kind = _kind(page, usable, winner, paged)
    joins = _joins_list if kind == "list" else _joins_front
    others = [group for group in usable if group is not winner and joins(page, winner, group)]
    chosen = [winner, *others]
    return Choice(chosen, kind, _site(chosen), _like(chosen))


def _like(chosen: list[Group]) -> float:
    every = [member for group in chosen for member in group.members]
    titled = [member for member in every if member.likeness >= 0.8]
    told = titled if len(titled) >= 0.3 * len(every) else every
    return sum(member.shape.likeness for member in told) / len(told)


def _site(chosen: list[Group]) -> str:
    hosts = Counter(member.shape.host for group in chosen for member in group.members)
    sites: Counter[str] = Counter()
    for host, count in hosts.items():
        sites[site_of(host)] += count
    site, most = sites.most_common(1)[0]
    return site if most >= _ONE_SITE * hosts.total() else ""


def _winner(usable: list[Group], known: str | None) -> Group:
    """The place that won before, or the best; among those that can be, the best that stands where the page's list does."""
    holds = [group for group in usable if known and same_place(group.place, known) and group.titles >= 0.4]
    for groups, least in ((holds, 0.4), (usable, 0.12)):
        likely = [group for group in groups if group.score >= (least if _is_own(group) else max(least, 0.2)) * usable[0].score]
        if likely:
            return next((group for group in likely if _is_own(group)), likely[0])
    return usable[0]


def _is_own(group: Group) -> bool:
    """Whether a group stands where the page's own list does."""
    return group.within >= 0.5 and group.aside <= 0.5 and group.titles >= 0.4


def _reads(group: Group) -> bool:
    """Titles that differ and lead further than to front pages, as friend links and a footer's licences do."""
    return group.chrome <= 0.5 and group.titles >= 0.2 and group.score >= 0.1 and group.like >= 0.1 and _differ(group)


def _differ(group: Group) -> bool:
    """Links that all say the same (“Transcript of this episode”), lead to few places or head a block are no headlines."""
    heads = group.heads >= 0.5 and len(group.urls) >= 3 and min(group.like, group.titles) < 0.7
    return (group.distinct > 0.34 or len(group.urls) < 3) and group.fresh >= 0.4 and not heads


def _lists(group: Group) -> bool:
    """Dated lines of articles whose titles are short or all the same (公告, 停水通知): they win where nothing reads better."""
    return group.chrome <= 0.5 and group.titles >= 0.1 and min(group.dated, group.like, group.fresh) >= 0.7 and len(group.urls) >= 3


def same_place(one: str, other: str) -> bool:
    """Whether two signatures name one kind of place."""
    return _base(one) == _base(other)


def _base(place: str) -> str:
    """A place without the marks and numbers that part groups of one kind."""
    return re.sub(r"\d+(?=<|$)", "", place.rstrip("*#"))


def _kind(page: Outline, usable: list[Group], winner: Group, paged: bool) -> str:
    if _is_own(winner):
        usable = [group for group in usable if group.within >= 0.5]
    every = {member.url for group in usable for member in group.members if member.likeness >= 0.6 and member.shape.likeness >= 0.3}
    mine = {member.url for group in usable if same_place(group.place, winner.place) and group.aside <= 0.5 for member in group.members}
    share = len(mine) / max(1, len(every | mine))
    if winner.excerpt and not paged and any(group.excerpt and group.score >= 0.5 * winner.score for group in usable if group is not winner):
        return "front"
    if len(mine) < 4 and not (paged and share >= 0.6):
        return "front"
    if is_front(page.url) and not paged and (winner.dated < 0.5 or _holders(page, winner) >= 2):
        return "front"
    if share >= 0.55 or (paged and share >= 0.2):
        return "list"
    if is_front(page.url) or any(_rivals(winner, group) for group in usable):
        return "front"
    dated = winner.dated >= 0.7 and share >= 0.3
    return "list" if dated or (share >= 0.25 and len(mine) >= 6 and _stands_out(winner, usable)) else "front"


def _holders(page: Outline, group: Group) -> int:
    """How many blocks a group's lines stand in."""
    holders = Counter(page.nodes[member.item].parent for member in group.members)
    return sum(count >= 2 for count in holders.values())


def _stands_out(winner: Group, usable: list[Group]) -> bool:
    """Whether the winner's lines have dates, pictures, summaries or the page's own folder, and most other links have not."""
    others = [group for group in usable if group is not winner and not same_place(group.place, winner.place)]
    number = sum(len(group.members) for group in others)
    for name in ("dated", "rich", "below"):
        share = sum(getattr(group, name) * len(group.members) for group in others) / max(1, number)
        if getattr(winner, name) >= 0.7 and share <= 0.3:
            return True
    return False


def _rivals(winner: Group, group: Group) -> bool:
    """Whether another block is what the winner is: dated titles under addresses like its own, in no side column."""
    return (
        not same_place(group.place, winner.place)
        and len(group.urls) >= 3
        and min(group.dated, group.titles, group.like) >= 0.7
        and max(group.aside, group.chrome) <= 0.5
        and _alike(winner, group) >= 0.5
    )


def _alike(winner: Group, group: Group) -> float:
    """The share of a group's addresses with a shape that the winner has."""
    number = sum(winner.loose.values())
    loose = {shape for shape, count in winner.loose.items() if count >= max(1, 0.12 * number)}
    return sum(count for shape, count in group.loose.items() if shape in loose) / sum(group.loose.values())


def _repeats(winner: Group, group: Group) -> bool:
    """Whether a group has the winner's titles under other addresses: files, comments, other forms of the same articles."""
    titles = {member.title for member in winner.members}
    same = sum(member.title in titles for member in group.members if member.url not in winner.urls)
    return same >= 0.5 * len(group.members)


def _joins_list(page: Outline, winner: Group, group: Group) -> bool:
    """Beside one list: the same place again with the same form, lines within it that look otherwise, a headline on top."""
    if group.aside > 0.5 >= winner.aside or group.borrowed > winner.borrowed or _repeats(winner, group) or _is_elsewhere(winner, group):
        return False
    low, high = winner.span
    inside = sum(low <= member.number <= high for member in group.members) / len(group.members)
    same = same_place(group.place, winner.place)
    if group.titles < (0.25 if same and inside >= 0.6 else 0.45):
        return False
    if same and (inside >= 0.6 or abs(group.dated - winner.dated) < 0.5):
        return _alike(winner, group) >= 0.5 or inside >= 0.6
    if group.like >= 0.7 and _are_lines(page, winner, group):
        return True
    if _alike(winner, group) < 0.5 or group.like < 0.3:
        return False
    if inside >= 0.6 and _interleaved(winner, group):
        return True
    if not 0 < low - group.span[1] <= 6 or len(group.urls) > 6 or max(group.rich, group.dated) < 0.5:
        return False
    return _near(page, winner, group) or (group.rich >= 0.7 and group.shapes.keys() <= winner.shapes.keys())


def _is_elsewhere(winner: Group, group: Group) -> bool:
    """Whether a group stands outside of where the winner's list does, in the same form or below it; or has lines that every page has."""
    outside = group.within < 0.5 <= winner.within and (same_place(group.place, winner.place) or group.span[0] > winner.span[0])
    return outside or group.seen > 0.5 >= winner.seen


def _interleaved(winner: Group, group: Group) -> bool:
    """Whether the group stands in the winner's lines rather than in a hole between two of its blocks."""
    numbers = [member.number for member in winner.members]
    near = 0
    for member in group.members:
        place = bisect(numbers, member.number)
        near += 0 < place < len(numbers) and numbers[place] - numbers[place - 1] <= 12
    return near >= 0.6 * len(group.members)


def _are_lines(page: Outline, winner: Group, group: Group) -> bool:
    """Whether the group's items are siblings of the winner's, made alike, and others than these: one list of results of several kinds."""
    own = {member.item for member in winner.members}
    made = {(page.nodes[item].parent, page.nodes[item].label) for item in own}
    items = {member.item for member in group.members}
    alike = sum((page.nodes[item].parent, page.nodes[item].label) in made for item in items)
    return len(items) >= 2 and alike >= 0.7 * len(items) and items.isdisjoint(own)


def _near(page: Outline, winner: Group, group: Group) -> bool:
    """Whether both stand in one column: an element not far above the winner's lines holds the group too."""
    above = page.ancestors(winner.members[0].item, 5)[1:]
    return any(node > 0 and all(page.within(node, member.number) for member in group.members) for node in above)


def _joins_front(_page: Outline, winner: Group, group: Group) -> bool:
    """On a front page: every block whose addresses are shaped like the winner's, or that reads like articles by itself."""
    if (
        (group.aside > 0.5 >= winner.aside and not _is_news(winner, group))
        or group.titles < 0.4
        or _repeats(winner, group)
        or _is_elsewhere(winner, group)
        or _is_menu(winner, group)
        or 2 * sum(member.prose for member in group.members) >= len(group.members)
    ):
        return False
    if (group.external > 0.5 >= winner.external and group.like < 0.8) or group.within < 0.5 <= winner.within:
        return False
    if _alike(winner, group) >= 0.5 and group.like >= max(0.3, 0.6 * winner.like):
        return group.titles >= 0.5 or group.score >= 0.12 * winner.score
    same = same_place(group.place, winner.place)
    return (same and group.titles >= 0.6) or (group.like >= 0.75 and group.titles >= 0.7 and group.score >= 0.15 * winner.score)


def _is_menu(winner: Group, group: Group) -> bool:
    """Whether a group's links are bare and much shorter than the winner's, as entries of menus are that no name tells."""
    return group.columns < min(_ENTRY, _SHORTER * winner.columns) and max(group.dated, group.rich, group.heading) < 0.3


def _is_news(winner: Group, group: Group) -> bool:
    """Whether a side column is one of the newest articles: dated lines that no heading calls popular."""
    hot = sum(member.hot for member in group.members)
    return not hot and group.dated >= 0.7 and group.like >= 0.7 and _alike(winner, group) >= 0.5


def fits(page: Outline, choice: Choice, member: Candidate) -> str | None:
    """Why a member of a chosen group is left out after all, or None."""
    if member.likeness <= 0.0:
        return "no title"
    if member.form:
        return "another form of an article"
    if items.is_paid(page, member, foreign=choice.site not in ("", site_of(member.shape.host))):
        return "advertising"
    if member.level != MAIN and choice.winner.chrome + choice.winner.aside < 0.5 and member.likeness < 0.3:
        return "navigation"
    like = choice.like
    if like >= 0.3 and member.shape.likeness == 0.0:
        return "front page"
    if like > 0.7 and member.shape.likeness <= 0.35 and choice.winner.dated >= 0.8 and not items.is_dated(page, member):
        return "navigation"
    if like > 0.6 and member.shape.likeness <= 0.3 and member.likeness < 0.8:
        return "category"
    return None
