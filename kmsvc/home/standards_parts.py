"""The parts of «Standards»: one line a part, like those of Training in `training_parts.py`. A line stands here once its page exists."""

from __future__ import annotations

from functools import partial

from kmsvc.core.texts import N_, Labelled
from kmsvc.home.parts import Part, parts_for


class Need(Labelled):
    """What one comes to Standards for."""

    YEAR = "year", N_("The year")
    PROOF = "proof", N_("Proof")
    TEXT = "text", N_("What is asked for")


STANDARDS: tuple[Part, ...] = (
    Part(Need.YEAR, N_("Duties"), "/standards/duties", "standards.duty.see_own",
         N_("What clauses and the centre ask for, by day, with who answers and what proves it."),
         "duties obligations zhouqixingrenwu zqxrw renwu rw"),
    Part(Need.YEAR, N_("Yearly wheel"), "/standards/duties/wheel", "standards.duty.see_own",
         N_("Twelve months on one page, and whose work they are."), "wheel year niandurenwu ndrw renwulun rwl quannian qn"),
    Part(Need.YEAR, N_("Rules of duties"), "/standards/duties/rules", "standards.duty.see",
         N_("How often, who answers, when is reminded, what proves it."), "rules renwuguize rwgz"),
    Part(Need.YEAR, N_("Process audit"), "/process/audits", "process.audit.see",
         N_("Once a year of every process: still needed, correct, followed; kept, updated or withdrawn."),
         "processaudit liuchengnianjian lcnj nianjian nj", named=(N_("annual process audit"),)),
    Part(Need.YEAR, N_("Themed optimisations"), "/process/audits/themes", "process.audit.see",
         N_("Three or four a year, each on one theme, with its expected and measured effect."),
         "themes optimisation zhutiyouhua ztyh zhutixingliuchengyouhua youhua yh"),
    Part(Need.YEAR, N_("Audits"), "/standards/audits", "standards.audit.see",
         N_("Programme, checklist, sample and report of what is audited every year."),
         "audits programme shenhe sh niandushenhe ndsh neishen ns tixinianshen txns"),
    Part(Need.YEAR, N_("Findings"), "/standards/audits/findings", "standards.finding.see_own",
         N_("What audits found, and what both sides agreed is done."),
         "findings capa corrective zhenggai zg faxian fx shenhefaxian shfx zhenggaicuoshi"),
    # first of its group: a year's records are three clicks from the start page (E14)
    Part(Need.PROOF, N_("Annual review records"), "/standards/evidence", "standards.evidence.see",
         N_("What the service itself knows of each clause, by year, process and person, as of any day."),
         "evidence records proof annualreview nianshenjilu nsjl nianduqueren zhengju zj jilu jl"),
    Part(Need.PROOF, N_("Self-assessments"), "/standards/assessments", "standards.assessment.see",
         N_("Rounds of answers clause by clause, levels, what is missing to the next one."),
         "selfassessment maturity ziping zp zipingjia zpj chengshudu csd pinggu pg", named=(N_("maturity"),)),
    Part(Need.PROOF, N_("My clauses"), "/standards/assessments/mine", "standards.assessment.answer",
         N_("Clauses of a self-assessment that wait for my answer, and what I improve."), "mine wodetiaokuan wdtk dada dd"),
    Part(Need.PROOF, N_("Improvement plan"), "/standards/assessments/plans", "standards.improvement.do",
         N_("What is raised in four steps after a self-assessment, by whom, by when."),
         "improvement gaijin gj gaishanjihua gsjh tisheng ts"),
    Part(Need.PROOF, N_("Coverage by clause"), "/standards/evidence/coverage", "standards.evidence.see",
         N_("Which clause is proven this year, and what is missing."), "coverage gaps tiaokuanfugai tkfg fugai fg quekou qk"),
    Part(Need.PROOF, N_("Readiness for an audit"), "/standards/evidence/readiness", "standards.evidence.see",
         N_("What will fail, is at risk or is ready on a day, with one button for each gap."),
         "readiness forecast audit yingshen ys jiuxu jx yuce yc"),
    Part(Need.PROOF, N_("Files and links as proof"), "/standards/evidence/files", "standards.evidence.see",
         N_("What only a file or another system shows, with its day, its owner and when it expires."),
         "files links proof wenjianzhengju wjzj lianjie lj"),
    Part(Need.PROOF, N_("Packs of proof"), "/standards/packs", "standards.evidence.pack",
         N_("The proof of a year as one file that anybody can check, made in the background."),
         "packs zip proof zhengjubao zjb dabao db"),
    Part(Need.PROOF, N_("Auditor's rooms"), "/standards/rooms", "standards.room.see",
         N_("What an auditor from outside sees, marks and asks, for one audit and some days."),
         "auditor room guest invite shenheshi shs shenhefang waibushenhe wbsh yaoqing yq"),
    Part(Need.TEXT, N_("Standards as data"), "/standards/models", "standards.model.see",
         N_("Editions, clauses, levels and how they correspond; in and out as files."),
         "models clauses standards biaozhun bz tiaokuan tk biaozhunku bzk", named=(N_("clauses"), N_("frameworks"))),
)

standards_parts_for = partial(parts_for, parts=STANDARDS, groups=Need)
"""The parts of Standards that this person may see: called with the actor."""
