"""What one can begin from the palette (Ctrl-K), and the places of operations it goes to: one line each, for those who may."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from kmsvc.core.actors import Actor
from kmsvc.core.i18n import sentence
from kmsvc.core.texts import N_
from kmsvc.home.counts import holds_licence


@dataclass(frozen=True)
class Act:
    """An act, the page it begins on, and who may; also: what else finds it, English, full pinyin and initials in small letters.
    named: other names of it, in the reader's language; licensed: for whoever holds a licence to write, and not the permission;
    kind: `do` is begun, `go` is a place; needs: a second permission, where the page asks for another one than the act."""

    label: str
    href: str
    permission: str
    icon: str
    also: str = ""
    licensed: bool = False
    named: tuple[str, ...] = ()
    kind: str = "do"
    needs: str = ""


EDIT = "knowledge.article.edit"
ACTS: tuple[Act, ...] = (
    Act(N_("Write an article"), "/knowledge/articles/new", EDIT, "pen", "writearticle newarticle new create xiezhishi xzs xinwenzhang"),
    Act(N_("Hand in an article"), "/knowledge/proposals/new", EDIT, "pen", "handin propose newarticle tijiaozhishi tjzs xiezhishi xzs",
        licensed=True),
    Act(N_("Bring articles in"), "/knowledge/articles/import", EDIT, "doc", "bringarticlesin import upload daoruzhishi drzs"),
    Act(N_("Merge articles"), "/knowledge/reshapes/merge", "knowledge.reshape.do", "branch",
        "mergearticles join hebingzhishi hbzs hebingwenzhang hbwz"),
    Act(N_("Split an article"), "/knowledge/reshapes/split", "knowledge.reshape.do", "branch",
        "splitanarticle chaifenzhishi cfzs chaifenwenzhang cfwz"),
    Act(N_("Send a bulletin"), "/knowledge/bulletins/new", "knowledge.bulletin.send", "bell", "sendabulletin new fagonggao fgg"),
    Act(N_("Write a guided flow"), "/knowledge/flows/new", "knowledge.flow.write", "flow", "writeaguidedflow new xieyindaowenda xydwd"),
    Act(N_("Report a gap: search for it first"), "/search", "knowledge.gap.report", "search",
        "reportagap missing dengjiquekou djqk xiansousuo"),
    Act(N_("Draw contacts to look at"), "/knowledge/alignment/new", "knowledge.alignment.coach", "chart",
        "drawcontacts coach chouqulianluo cqll"),
    Act(N_("Suggest a training"), "/training/needs/suggestions", "training.needs.suggest", "chat",
        "suggestatraining suggestion peixunjianyi pxjy tipeixunjianyi tpxjy"),
    Act(N_("Add a person"), "/people/accounts/new", "people.account.manage", "user",
        "addaperson newaccount account user create tianjiarenyuan tjry xinzhanghao xzh xinjianzhanghao xjzh kaitongzhanghao ktzh",
        named=(N_("New account"),)),
    Act(N_("Import people"), "/people/accounts/import", "people.account.manage", "users",
        "importpeople accounts upload daorurenyuan drry daoruzhanghao drzh"),
    Act(N_("Register a hook"), "/hooks/new", "hooks.hook.manage", "plus",
        "registerahook newwebhook webhook callback dengjituisong djts xinjianwebhook xinjiantuisong xjts"),
    Act(N_("Build the search index anew"), "/operations#index", "operations.page.see", "swap", needs="search.index.rebuild",
        also="buildthesearchindexanew rebuildindex index reindex chongjiansuoyin cjsy chongjiansousuosuoyin cjsssy suoyin sy",
        named=(N_("rebuild the index"), N_("search index"))),
    Act(N_("Backups"), "/operations#backup", "operations.page.see", "zip",
        "backups backupnow backup restore lijibeifen ljbf beifen bf huifu hf",
        named=(N_("backup"),), kind="go"),
    Act(N_("Try what failed again"), "/operations/deliveries", "operations.delivery.retry", "hist",
        "tryagain retry failed redeliver chongshishibaishixiang cssbsx chongshi cs"),
    Act(N_("Verify the audit trail"), "/audit", "audit.trail.see", "shield",
        "verifytheaudittrail verify hash jiaoyanshenjijilu jysjjl yanzheng yz jiaoyan jy"),
    Act(N_("Hooks"), "/hooks", "hooks.hook.manage", "out", "hooks webhooks webhook callbacks shijiantuisong sjts tuisong ts huidiao hd",
        named=(N_("webhook"),), kind="go"),
    Act(N_("Outbox"), "/operations/deliveries", "operations.page.see", "clock",
        "outbox deliveries queue daifashixiang dfsx fajianxiang fjx", named=(N_("mail tray"),), kind="go"),
    Act(N_("Mail sent and waiting"), "/operations/mail", "operations.page.see", "doc",
        "mailsent mail letters smtp yifahedaifayoujian yfhdfyj youjian yj", kind="go"),
    Act(N_("Settings of the centre"), "/operations/settings", "operations.page.see", "pen",
        "settingsofthecentre settings options configuration zhongxinshezhi zxsz shezhi sz",
        named=(N_("settings"),), kind="go"),
    Act(N_("Units and posts"), "/people/units", "people.unit.manage", "users",
        "unitsandposts units posts organisation bumenhegangwei bmhgw bumen bm gangwei gw zuzhi zz", kind="go"),
    Act(N_("Who may do what"), "/people/permissions", "people.permission.see", "key",
        "whomaydowhat permissions rights roles quanxianbiao qxb juese js", kind="go"),
)


@dataclass(frozen=True)
class DrawnAct:
    """An act as the palette shows it."""

    label: str
    href: str
    icon: str
    also: str
    kind: str


def acts_for(actor: Actor | None) -> Iterator[DrawnAct]:
    """What this person may begin."""
    for one in ACTS:
        if actor is not None and _may(one, actor):
            also = " ".join((one.also, *(sentence(name).replace(" ", "").lower() for name in one.named)))
            yield DrawnAct(sentence(one.label), request.script_root + one.href, one.icon, also, one.kind)


def _may(one: Act, actor: Actor) -> bool:
    if one.licensed:
        return not actor.can(one.permission) and holds_licence(actor)
    return actor.can(one.permission) and (not one.needs or actor.can(one.needs))
