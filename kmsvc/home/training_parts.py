"""The parts of «Training»: one line a part, like those of Knowledge in `parts.py`. The two sides of the source: in front what is
mine, behind what keeps the training going; behind there are two groups, so that a row holds them. Source: domain section 5.2."""

from __future__ import annotations

from functools import partial

from kmsvc.core.texts import N_, Labelled
from kmsvc.home.parts import Part, parts_for


class Side(Labelled):
    """What one comes to Training for."""

    FRONT = "front", N_("Front: mine")
    TEACH = "teach", N_("Back: training")
    EXAMS = "exams", N_("Back: exams")


_FRONT, _TEACH, _EXAMS = Side
TRAINING: tuple[Part, ...] = (
    Part(_FRONT, N_("My training"), "/training/learning", "training.learning.see",
         N_("What you must take, what you may, and what you have learned."),
         "mytraining learning wodepeixun wdpx xuexi xx bixiu bx xuanxiu xx xuexilishi xxls"),
    Part(_TEACH, N_("Courses"), "/training/courses", "training.course.see",
         N_("Chapters and lessons, to whom they are assigned, who is how far."),
         "courses kecheng kc peixunkecheng pxkc kechengguanli kcgl"),
    Part(_TEACH, N_("Training plans"), "/training/plans", "training.plan.see",
         N_("Course, time, people, trainer and room; sessions, who came, what was said of them."),
         "plans sessions peixunjihua pxjh kechenganpai kcap qiandao qd"),
    Part(_TEACH, N_("Trainers"), "/training/trainers", "training.trainer.see",
         N_("Who may teach what, until when, by which proof."), "trainers jiangshi js peixunshi pxs shouquan sq"),
    Part(_FRONT, N_("My sessions"), "/training/plans/mine", "training.plan.attend",
         N_("Sessions to come, your seat in them, sign-in and feedback."), "mysessions wodeketang wdkt ketang kt qiandao qd"),
    Part(_FRONT, N_("My exams"), "/training/exams/mine", "training.exam.mine", N_("Open now, to come, and what came of them."),
         "my exams wodekaoshi wdks kaoshi ks"),
    Part(_FRONT, N_("Practice"), "/training/practice", "training.practice.do",
         N_("Topics, mistakes, five questions a day, mock exams."),
         "practice mistakes lianxi lx cuotiben ctb meiriwuti mrwt monikaoshi mnks"),
    Part(_FRONT, N_("Certificates"), "/training/certificates", "training.certificate.see",
         N_("What you have proven, what expires, which queues you may handle."),
         "certificates passport wodezhengshu wdzs zhengshu zs nenglihuzhao nlhz"),
    Part(_EXAMS, N_("Exams"), "/training/exams", "training.exam.see", N_("Planned, announced, marked, released."),
         "exams exam plans kaoshijihua ksjh kaoshi ks"),
    Part(_EXAMS, N_("Exam questions"), "/training/questions", "training.question.see",
         N_("Banks, topics, imports, and how well each question measured."),
         "questions question bank tiku tk shiti st shitiguanli stgl"),
    Part(_EXAMS, N_("Papers"), "/training/papers", "training.paper.see", N_("What exams ask, picked or composed."),
         "papers exampapers shijuan sj zujuan zj"),
    Part(_TEACH, N_("Onboarding"), "/training/onboarding", "training.onboarding.classes",
         N_("Classes of newcomers, their weeks as lights, decisions."), "onboarding newcomers ruzhipeixun rzpx xinyuangong xyg"),
    Part(_FRONT, N_("First weeks"), "/training/onboarding/today", "training.onboarding.see",
         N_("The own first weeks, newcomers one mentors, one's class: what is to be done today."),
         "onboarding today first weeks mentor xinrenpeiyang xrpy daijiao dj ruzhi rz banji bj",
         ("/training/onboarding/today", "/training/onboarding")),
    Part(_TEACH, N_("Newcomers' quality"), "/training/onboarding/results", "training.onboarding.enter_results",
         N_("Quality results of newcomers: entered, imported, taken back."),
         "newcomers quality results xinrenzhijian xrzj zhijianjieguo zjjg"),
    Part(_TEACH, N_("Training needs"), "/training/needs", "training.needs.see",
         N_("The yearly survey, what hurts, the annual plan, suggestions."),
         "needs survey annual plan peixunxuqiu pxxq xuqiudiaocha xqdc"),
    Part(_TEACH, N_("Evaluations"), "/training/evaluations", "training.evaluation.see",
         N_("Has the training helped: six factors, five steps, four levels; adjustments."),
         "evaluations kirkpatrick adjustments peixunpinggu pxpg pinggu pg"),
    Part(_FRONT, N_("My results"), "/training/marking/results", "training.marking.see_own", N_("Scores, marked papers, appeals."),
         "results scores appeals wodechengji cj chengji fuyi fy"),
    Part(_FRONT, N_("Exams of my team"), "/training/marking/team", "training.marking.see_team",
         N_("How far the people of your unit are, and who passed."), "team results tuanduikaoshi tdks banzuchengji bzcj"),
    Part(_EXAMS, N_("Marking"), "/training/marking", "training.marking.see", N_("What waits to be marked, release, appeals."),
         "marking release yuejuan yj fuhe fh fabu"),
)

training_parts_for = partial(parts_for, parts=TRAINING, groups=Side)
"""The parts of Training that this person may see: called with the actor."""
