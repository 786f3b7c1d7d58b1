"""What people of the demo write in exams where they do not know it, or in words of their own."""

WRONG_WORDS = ("订单", "主管", "三天", "客户", "当天", "系统备注")
PHRASES = (
    "先安抚客户情绪，再核对订单号和签收日期，说明到账时间，最后确认客户没有其他问题。",
    "核对身份后查账单，符合条件的当场登记，不符合的解释原因并转主管。",
    "向客户致歉，记录问题，承诺二十四小时内回复。",
    "按流程办理，先查再答，不清楚的地方请示班长。",
    "告知客户三到七个工作日到账，如超时请再次来电。",
)
