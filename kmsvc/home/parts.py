"""The parts of «Knowledge», in groups: one line a part; those of «Training» stand in `training_parts.py`. From them come the tabs
over each page, the maps of all parts at `/knowledge` and `/training`, and the places the palette goes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import request

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import sentence
from kmsvc.core.past import linked
from kmsvc.core.texts import N_, Labelled
from kmsvc.home.counts import holds_licence

FLAT = 8
"""Up to so many parts stand in one row, without groups: what an agent has."""


class Group(Labelled):
    """What one comes to Knowledge for."""

    FIND = "find", N_("Find and read")
    TRUE = "true", N_("Keep it true")
    WORDS = "words", N_("Words and places")
    PROVE = "prove", N_("Prove and export")


@dataclass(frozen=True)
class Part:
    """A part and who sees it. group: a member of the groups of its area, Knowledge here. paths: prefixes of its pages, its own
    address when empty; also: what else finds it in the palette, English, full pinyin and initials in small letters; named: other
    names of it, in the reader's language; licensed: whoever holds a licence to write sees it too."""

    group: Labelled
    label: str
    href: str
    permission: str
    note: str
    also: str = ""
    paths: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    licensed: bool = False


_FIND, _TRUE, _WORDS, _PROVE = Group
PARTS: tuple[Part, ...] = (
    Part(_FIND, N_("Articles"), "/knowledge/articles", "knowledge.article.read", N_("Every article that you may read."),
         "allarticles quanbuwenzhang qbwz suoyouwenzhang sywz wenzhang wz zhishi zs"),
    Part(_FIND, N_("At hand"), "/knowledge/shelf", "knowledge.article.read",
         N_("Your favourites, what you opened last, what everybody opens today."), "shelf favourites shoubian sb shoucang sc"),
    Part(_FIND, N_("Guided flows"), "/knowledge/flows", "knowledge.flow.read",
         N_("One question after the other to the right answer."), "guided flows yindao wenda ydwd juece yindaowenda"),
    Part(_FIND, N_("Lessons"), "/knowledge/lessons", "knowledge.lesson.read",
         N_("Articles and paragraphs in an order to be read through."), "lessons kejian kj xuexi"),
    Part(_FIND, N_("Bulletins"), "/knowledge/bulletins", "knowledge.bulletin.read", N_("What everybody concerned must know now."),
         "bulletins urgent gonggao gg jinji jj"),
    Part(_TRUE, N_("Feedback"), "/knowledge/feedback", "knowledge.feedback.see",
         N_("What readers say of answers, and what came of it."), "feedback fankui fk"),
    Part(_TRUE, N_("Contacts"), "/knowledge/contacts", "knowledge.contact.see",
         N_("Which answers were used for which contacts."), "contacts links lianluo ll keshi caiyong cy"),
    Part(_TRUE, N_("Proposals"), "/knowledge/proposals", "knowledge.licence.see_all",
         N_("Articles and corrections by who holds a licence; what waits for a publisher."),
         "proposals tijiao tj jiucuo jc tiyi ty gaojian gj",
         licensed=True),
    Part(_TRUE, N_("Gaps"), "/knowledge/gaps", "knowledge.gap.see", N_("What was searched in vain, until it is found."),
         "gaps quekou qk zhishiquekou zsqk"),
    Part(_TRUE, N_("Health board"), "/knowledge/health", "knowledge.health.see_all",
         N_("Signs that an article needs somebody; texts alike."), "health healthboard jiankangkanban jkkb jiankang jk"),
    Part(_TRUE, N_("Citations"), "/knowledge/citations", "knowledge.citation.see",
         N_("What lessons and questions cite, and what of it changed."), "citations cites yinyong yy"),
    Part(_TRUE, N_("Twins"), "/knowledge/relations/twins", "knowledge.article.edit",
         N_("Two languages of one text, and which is behind."),
         "twins languages translation shuangyu sy duizhao dz shuangyuduizhao sydz",
         ("/knowledge/relations",)),
    Part(_TRUE, N_("Merge and split"), "/knowledge/reshapes", "knowledge.reshape.do",
         N_("Several articles that become one, and one that becomes several."),
         "merge split hebing hb chaifen cf hebingyuchaifen hbycf"),
    Part(_WORDS, N_("Templates"), "/knowledge/templates", "knowledge.article.edit",
         N_("What a new article begins with."), "templates moban mb muban"),
    Part(_WORDS, N_("Vocabulary"), "/knowledge/vocabulary", "knowledge.vocabulary.keep",
         N_("Our terms, and what customers say instead."), "vocabulary synonyms terms wording cihui ch tongyici tyc cibiao cb yongyu yy",
         named=(N_("synonyms"), N_("wording"))),
    Part(_WORDS, N_("Where articles apply"), "/knowledge/scopes", "knowledge.scope.keep",
         N_("Products, regions, channels and customer types."),
         "scopes products regions channels shiyongfanwei syfw chanpin cp diqu dq"),
    Part(_WORDS, N_("Reader groups"), "/people/readers", "people.readers.keep",
         N_("Whom texts are for, by post and role."), "readers groups audience yueduzu ydz yuedu yd"),
    Part(_WORDS, N_("Pins"), "/knowledge/shelf/pins", "knowledge.article.edit",
         N_("What stands first for a unit before anything is typed."), "pins zhiding zd"),
    Part(_WORDS, N_("Learned from use"), "/knowledge/learning", "knowledge.learning.keep",
         N_("What use has moved in the search; switch and reset."), "learning xuexi xx congshiyongzhongxuexi csyzxx",
         named=(N_("learning"),)),
    Part(_WORDS, N_("Search bench"), "/knowledge/bench", "knowledge.bench.keep",
         N_("Searches with the article each must find."), "bench testsearch jianyan sousuojianyan ssjy jianyansousuo jyss",
         named=(N_("test the search"),)),
    Part(_PROVE, N_("Figures"), "/knowledge/figures", "knowledge.figure.see",
         N_("Searches without a result, time to the answer, helpful answers, gaps: each number opens its list."),
         "figures statistics zero-hit metrics kpi zhibiao zb shuzi sz tongji tj lingmingzhong lmz lingmingzhonglv lmzl",
         named=(N_("zero-hit rate"), N_("statistics"))),
    Part(_PROVE, N_("Yearly reviews"), "/knowledge/reviews", "knowledge.review.see",
         N_("Completeness and fitness, drawn by lot, judged and signed."), "reviews annualreview 61 niandupingshen ndps pingshen ps "
         "zhishipingshen zsps pingshenjilu psjl nianshen ns",
         named=(N_("knowledge review"), N_("review records"), N_("annual review"))),
    Part(_PROVE, N_("Licences to write"), "/knowledge/licences", "knowledge.licence.see_all",
         N_("Who may propose, correct and publish, and what speaks for it."), "licences zhuanxiexuke zxxk xuke xk"),
    Part(_PROVE, N_("Process alignment"), "/knowledge/alignment", "knowledge.alignment.see",
         N_("Contacts drawn by lot: was knowledge searched, linked and improved."), "alignment par coach duiqi dq liuchengduiqi lcdq"),
    Part(_PROVE, N_("Exports"), "/knowledge/exports", "knowledge.export.see", N_("Articles as a file, and who took what."),
         "exports daochu dc"),
    Part(_PROVE, N_("Access to secret text"), "/access", "access.entry.see",
         N_("Who was shown secret text, who tried to copy it."), "access secret fangwen fw jimi jm baomineirongchayuejilu bmnrcyjl"),
)


@dataclass(frozen=True)
class Tab:
    """A drawn part. own: it is this person's, and not here only because it is the page one is on."""

    group: Labelled
    label: str
    href: str
    permission: str
    note: str
    also: str
    current: bool
    own: bool


@dataclass(frozen=True)
class GroupTab:
    """A drawn group: its address is that of its first part. title: what is in it."""

    group: Labelled
    label: str
    href: str
    title: str
    current: bool
    parts: tuple[Tab, ...]


@dataclass(frozen=True)
class Parts:
    """What this person sees of an area, on this page."""

    tabs: tuple[Tab, ...]
    groups: tuple[GroupTab, ...]

    @property
    def flat(self) -> bool:
        """Whether all parts stand in one row."""
        return len(self.tabs) <= FLAT or len(self.groups) < 2

    @property
    def row(self) -> tuple[Tab, ...]:
        """The tabs of this page: all of them, or those of the group that it belongs to."""
        return self.tabs if self.flat else next((one.parts for one in self.groups if one.current), ())


def parts_for(actor: Actor | None, parts: Sequence[Part] = PARTS, groups: type[Labelled] = Group) -> Parts:
    """The parts of an area, Knowledge unless told, that this person may see; the one whose page this is stands there in any case."""
    here = current_part(request.path, parts, actor)
    tabs = tuple(Tab(one.group, sentence(one.label), request.script_root + linked(one.href), one.permission, sentence(one.note),
                     " ".join((one.also, *(sentence(name).replace(" ", "").lower() for name in one.named))), one is here, own)
                 for one in parts if actor is not None and ((own := _own(one, actor)) or one is here))
    return Parts(tabs, tuple(_groups(tabs, groups)))


def _own(part: Part, actor: Actor) -> bool:
    return actor.can(part.permission) or (part.licensed and holds_licence(actor))


def _groups(tabs: tuple[Tab, ...], groups: type[Labelled]) -> Iterator[GroupTab]:
    for group in groups:
        held = tuple(one for one in tabs if one.group is group)
        if held:
            yield GroupTab(group, sentence(group.label), held[0].href, " · ".join(one.label for one in held),
                           any(one.current for one in held), held)


def current_part(path: str, parts: Sequence[Part] = PARTS, actor: Actor | None = None) -> Part | None:
    """The part whose page this is: the longest prefix that ends at a slash wins; of two alike one that the actor sees."""
    fits = [((len(prefix), actor is not None and _own(one, actor)), one) for one in parts for prefix in one.paths or (one.href,)
            if path == prefix or path.startswith(prefix + "/")]
    return max(fits, key=lambda it: it[0])[1] if fits else None
