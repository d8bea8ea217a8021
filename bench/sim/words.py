"""Invented news of an invented city: titles and paragraphs, drawn with a seeded die."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

_PLACES = [
    "柳渡",
    "青石",
    "河东",
    "河西",
    "南浦",
    "北塘",
    "云台",
    "白沙",
    "双桥",
    "清溪",
    "临江",
    "东门",
    "西关",
    "石榴",
    "梅岭",
    "古渡",
    "新城",
    "老街",
    "龙泉",
    "凤山",
    "长堤",
    "竹园",
    "桃源",
    "枫林",
    "大营",
    "小营",
    "南堡",
    "北寨",
    "银杏",
    "滨湖",
    "望海",
    "安平",
    "永乐",
    "和平",
    "胜利",
    "光明",
    "建设",
    "红旗",
    "丰收",
    "金水",
]
_KINDS = ("街道", "社区", "镇", "小学", "中学", "医院", "公园", "市场", "车站", "图书馆", "工业园", "水库", "村", "体育馆", "博物馆")
_BODIES = [
    "市教育局",
    "市交通局",
    "市水务局",
    "市文旅局",
    "市住建局",
    "市公安局",
    "市卫健委",
    "市气象局",
    "市供电公司",
    "市自来水公司",
    "市公交公司",
    "市消防支队",
    "市城管局",
    "市农业农村局",
    "市民政局",
    "市人社局",
    "市残联",
    "市总工会",
    "团市委",
    "市妇联",
    "市红十字会",
    "市林业局",
    "市体育局",
    "市税务局",
    "市邮政分公司",
]
_DEEDS = [
    "启用新建",
    "完成改造",
    "公开征集",
    "暂停使用",
    "开展检查",
    "举办庆祝",
    "试运行",
    "扩建",
    "关闭",
    "验收",
    "招募",
    "部署",
    "推进",
    "整治",
    "慰问",
    "表彰",
    "免费开放",
    "提前完成",
    "联合巡查",
    "集中采购",
    "规范管理",
    "发布名单",
    "启动申报",
    "全面清理",
    "延长开放",
]
_THINGS = [
    "停车场",
    "供水管网",
    "公交线路",
    "读书角",
    "志愿服务队",
    "菜市场",
    "电梯",
    "路灯",
    "防汛物资",
    "校车",
    "食堂",
    "健身步道",
    "老年活动室",
    "充电桩",
    "河道",
    "口袋公园",
    "垃圾分类站",
    "消防通道",
    "非遗展览",
    "招聘会",
    "篮球赛",
    "音乐节",
    "疫苗接种点",
    "便民窗口",
    "古树名木",
    "桥梁护栏",
    "雨水泵站",
    "冬小麦",
    "草莓大棚",
    "民宿集群",
]
_OPENERS = ("记者从{b}获悉", "{b}日前通报", "据{b}介绍", "在{p}现场", "根据{b}安排", "{p}居民反映后", "经过{n}天施工", "按照年度计划")
_MIDDLES = (
    "{t}覆盖{n}户居民", "工程总投资{n}万元", "共有{n}名工作人员参加", "施工分{m}个阶段进行", "每天可服务{n}人次", "比去年同期增加{n}件",
    "已排查隐患{n}处并整改{m}处", "沿线设置标志{n}块", "平均等候时间缩短到{m}分钟", "{p}等{m}个片区率先实施", "面积约{n}平方米",
    "参与单位达到{m}家", "收到建议{n}条", "更换设备{n}台套", "培训骨干{n}人", "发放物资{n}份", "新增泊位{n}个", "清运垃圾{n}吨",
)  # fmt: skip
_CLOSERS = (
    "有关负责人表示，{t}的后续安排将及时公布。", "市民可拨打热线{h}咨询。", "{b}提醒市民留意现场标志，注意安全。",
    "下一步，{p}将继续跟进{t}的维护。", "项目预计还需{m}个月全部完成。", "相关资料可到{p}{k}二楼窗口领取。",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of an article."""

    title: str
    paragraphs: tuple[str, ...]


class Words:
    """A city's newsroom. No two articles of `news` share a title; those of `series` and `notice` do, on purpose."""

    def __init__(self, die: Random) -> None:
        self._die = die
        self._used: set[str] = set()

    def news(self) -> Draft:
        """An article whose title and text no other has."""
        while True:
            topic = self._topic()
            title = self._die.choice(("{p}{k}{d}{t}", "{b}{d}{p}{k}{t}", "{p}{k}{t}{d}惠及{n}户居民", "{b}：{p}{k}将{d}{t}")).format(
                **topic
            )
            if title not in self._used:
                self._used.add(title)
                return Draft(title, tuple(self.paragraph(topic) for _ in range(self._die.randint(3, 6))))

    def series(self, at: datetime) -> Draft:
        """The daily weather: the same title every day, and nearly the same text."""
        low, high, wind = self._die.randint(-5, 18), self._die.randint(19, 34), self._die.randint(2, 6)
        first = f"柳渡气象台{at.month}月{at.day}日发布：今天白天到夜间，我市多云转晴，偏南风{wind}级，最低气温{low}度，最高气温{high}度。"
        second = "请广大市民根据气温变化及时增减衣物，驾车出行注意路面状况，户外作业人员注意防晒防风，老人和儿童减少早晚外出。"
        return Draft("柳渡天气预报", (first, second, f"本预报由市气象台值班员第{self._die.randint(100, 999)}号签发，每日更新一次。"))

    def notice(self, at: datetime) -> Draft:
        """A form that is filled in again and again: titles differ by a place or not at all, texts by a few words."""
        topic = self._topic()
        title = self._die.choice(("停水通知", "关于{p}{k}计划停电的通知", "关于{p}{k}计划停水的通知")).format(**topic)
        span = f"{at.month}月{at.day}日{self._die.randint(8, 12)}时至{self._die.randint(14, 22)}时"
        first = f"因供水设施检修，定于{span}对{topic['p']}{topic['k']}一带停止供应。"
        second = "届时请各用户提前做好储备，关闭阀门和电源，恢复时间以现场抢修进度为准，因此造成的不便敬请谅解。"
        return Draft(title, (first, second, f"服务热线：{topic['h']}。"))

    def paragraph(self, topic: dict[str, object] | None = None) -> str:
        """A paragraph of 80 to 200 characters."""
        die = self._die
        sentences = []
        for _ in range(die.randint(2, 4)):
            facts = {**(topic or {}), **self._figures()}
            middle = "，".join(one.format(**facts) for one in die.sample(_MIDDLES, die.randint(2, 3)))
            sentences.append(f"{die.choice(_OPENERS).format(**facts)}，{middle}。")
        return "".join(sentences) + die.choice(_CLOSERS).format(**{**self._topic(), **(topic or {})})

    def _figures(self) -> dict[str, object]:
        return {**self._topic(), "n": self._die.randint(11, 9800), "m": self._die.randint(2, 15)}

    def _topic(self) -> dict[str, object]:
        die = self._die
        return {
            "p": die.choice(_PLACES), "k": die.choice(_KINDS), "b": die.choice(_BODIES), "d": die.choice(_DEEDS), "t": die.choice(_THINGS),
            "n": die.randint(11, 9800), "m": die.randint(2, 15), "h": f"0{die.randint(310, 799)}-{die.randint(2000000, 8999999)}",
        }  # fmt: skip
