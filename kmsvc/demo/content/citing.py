"""Words of the lesson and the questions of another system that cite articles of the demo."""

LESSON = ("新人必读：高频业务三讲", "上岗前通读一遍，内容随生效文本自动更新。")
QUESTION = "上岗考试第%(at)s题：%(title)s"
ADDRESS = "https://exam.example.org/questions/%(at)s"
TRAINER = "fangyuan"
