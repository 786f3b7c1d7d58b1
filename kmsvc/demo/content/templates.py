"""The templates of the demo, and what its agents hand in with a licence to write."""

from __future__ import annotations

from kmsvc.knowledge.templates.usecases import Written

TEMPLATES = (
    Written("常见问题", """// 一篇只答一个问题，标题用客户的问法。
## 一句话答案 !
// 先结论，后条件；30字以内
:::say
您好，
:::
## 适用范围
// 哪些业务、哪些客户、哪些地区
## 详细说明 !
## 不适用的情况
""", case_kind="咨询", note="客户经常问的一个问题，一两分钟能答完。", review_months=12),
    Written("故障处理", """// 一篇只写一种故障现象。
## 现象 !
// 客户怎么说，灯是什么颜色，哪些设备
## 先问三件事 !
// 每件一行，按顺序问
## 处理步骤 !
// 每步一行；能远程做的放前面
## 什么时候派单 !
// 写明派单类别和时限
## 安抚话术
:::say
给您带来不便非常抱歉，
:::
""", case_kind="报障", note="按现象写，坐席能一步一步照着做。", review_months=6, strict=True),
    Written("政策规则", """// 有依据、有生效日、有例外，缺一不可。
## 规则 !
## 依据 !
// 文件名称和编号
## 生效日期和过渡 !
## 例外和审批
:::internal
谁可以批、批到多少
:::
## 对客户怎么说
:::say

:::
""", case_kind="业务规则", note="收费、退费、办理条件等规定。", confidentiality="internal", review_months=6, strict=True),
    Written("投诉话术", """// 先接情绪，再讲事实，最后给方案。
## 客户会怎么说 !
## 第一句话 !
:::say
我理解您的心情，
:::
## 核实什么 !
## 可以给的方案
:::internal
授权额度和层级
:::
## 不能说的话 !
## 升级条件
""", case_kind="投诉", note="情绪激动的客户，按这个顺序说。", review_months=12),
    Written("Product fact sheet", """// One product on one page; figures with their date.
## What it is !
## Who can have it !
## Price and term !
// Amount, unit, first and last day
## How to order
## How to cancel !
## Not included
""", language="en", case_kind="product", note="What a colleague must know of a product in one minute.", review_months=6),
)

HANDED_IN = (  # days ago, title, text, why, what came of it: published, worded (published otherwise), returned
    (88, "eSIM换手机后怎么迁移",
     "在原手机的设置里选择“转移eSIM”，新手机扫码即可。\n\n每天最多迁移两次。", "这周问了好多次", "published"),
    (71, "短信账单收不到怎么补发",
     "登录网上营业厅，在账单页选择月份后点“补发”。", "客户常问", "published"),
    (60, "副卡销户会不会影响主卡",
     "副卡销户不影响主卡号码和套餐。\n\n副卡当月费用仍计入主卡账单。", "副卡的问题没有单独一篇", "published"),
    (44, "老人机收不到验证码", "先看是否开启了短信拦截。", "父母辈客户常遇到", "worded"),
    (37, "境外漫游来电显示", "漫游地不同，显示可能不全。", "有客户投诉", "returned"),
    (23, "宽带移机期间能不能停费", "移机受理当天起可申请停机保号，移机完成自动恢复。", "移机季来了", "published"),
    (12, "彩铃怎么关", "发送短信即可关闭，次月生效。", "找不到现成答案", "published"),
)
WORDED = ("老人机收不到验证码",
          "一、请客户看短信拦截是否开启；二、看存储是否已满；三、仍收不到，改用语音验证码。\n\n三步都不行，按报障派单。")
RETURNED = "已有一篇《国际漫游来电显示说明》，请看那篇是否够用；缺什么用反馈告诉我们。"
WAITING = ("网龄怎么查",
           "发送短信查询网龄，当天回复。\n\n网龄按入网当月起算，过户后重新计算。", "客户换套餐时会问网龄优惠")
ALIKE = (
    ("怎么退订增值业务", """## 怎么退订

发送短信“0000”到10086，按回复的序号退订，当天生效。

## 费用

退订当月仍收全月费用。"""),
    ("退订短信发什么", """## 怎么退订

发送短信“0000”到10086，按回复的序号退订。

## 退订不了怎么办

合约内赠送的业务不能单独退订，请先查合约到期日。"""))
TYPO = ("家庭网关指示灯说明",
        "红灯长亮表示光路不通，请客户先拔插光纤再重起网关。\n\n绿灯闪烁表示正在注册，等两分钟。", "重起", "重启")
FIGURE = ("流量安心包退订时限",
          "流量安心包当月退订，次月生效。\n\n退订后七日内可恢复。", "七日", "十日", "新通知改成了十日，请核对")
