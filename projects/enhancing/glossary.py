"""Chinese words for camera moves, motion and things often filmed, with the English that models were taught.

A text model reads English; released text cleaning deletes everything else. This is no translator: it saves the words it
knows and says which it does not.
"""

import re
from dataclasses import dataclass

# Longer phrases are looked for first.
WORDS: dict[str, str] = {
    "缓慢推近": "slow zoom in", "缓慢拉远": "slow zoom out", "镜头推近": "zoom in", "镜头拉远": "zoom out",
    "推近": "zoom in", "推进": "zoom in", "拉近": "zoom in", "放大": "zoom in", "拉远": "zoom out", "缩小": "zoom out",
    "向左平移": "pan left", "向右平移": "pan right", "向左摇": "pan left", "向右摇": "pan right", "左移": "pan left",
    "右移": "pan right", "向上摇": "tilt up", "向下摇": "tilt down", "上摇": "tilt up", "下摇": "tilt down",
    "仰拍": "tilt up", "俯拍": "tilt down", "顺时针旋转": "roll clockwise", "逆时针旋转": "roll counterclockwise",
    "镜头抖动": "camera shake", "手持": "handheld shake", "镜头不动": "static shot", "固定镜头": "static shot",
    "镜头": "the camera", "跟随": "follows", "环绕": "orbits", "缓慢地": "slowly", "慢慢地": "slowly", "缓慢": "slow",
    "慢慢": "slowly", "快速地": "quickly", "快速": "fast", "迅速": "quickly", "轻轻": "gently", "突然": "suddenly",
    "走向": "walks to", "走过": "walks past", "走": "walks", "跑向": "runs to", "奔跑": "runs", "跑": "runs",
    "跳跃": "jumps", "跳": "jumps", "转身": "turns around", "转头": "turns the head", "抬头": "looks up",
    "低头": "looks down", "微笑": "smiles", "笑": "laughs", "哭": "cries", "眨眼": "blinks", "挥手": "waves a hand",
    "坐下": "sits down", "站起": "stands up", "睁开眼睛": "opens the eyes", "闭上眼睛": "closes the eyes",
    "说话": "speaks", "唱歌": "sings", "跳舞": "dances", "飞": "flies", "落下": "falls", "升起": "rises",
    "旋转": "spins", "摇摆": "sways", "流动": "flows", "漂浮": "floats", "燃烧": "burns", "打开": "opens",
    "关上": "closes", "下雨": "rain falls", "下雪": "snow falls", "起风": "the wind rises", "刮风": "the wind blows",
    "男孩": "a boy", "女孩": "a girl", "男人": "a man", "女人": "a woman", "老人": "an old person", "孩子": "a child",
    "猫": "a cat", "狗": "a dog", "鸟": "a bird", "马": "a horse", "鱼": "a fish", "蝴蝶": "a butterfly",
    "树": "trees", "花": "flowers", "草": "grass", "森林": "a forest", "山": "mountains", "河": "a river",
    "湖": "a lake", "大海": "the sea", "海浪": "waves", "海": "the sea", "天空": "the sky", "云": "clouds",
    "太阳": "the sun", "月亮": "the moon", "星星": "stars", "日落": "sunset", "日出": "sunrise", "夜晚": "night",
    "早晨": "morning", "黄昏": "dusk", "雨": "rain", "雪": "snow", "风": "wind", "雾": "fog", "火": "fire",
    "水": "water", "光": "light", "影子": "shadows", "城市": "a city", "街道": "a street", "房子": "a house",
    "窗户": "a window", "门": "a door", "桌子": "a table", "咖啡": "coffee", "汽车": "a car", "火车": "a train",
    "船": "a boat", "飞机": "a plane", "红色": "red", "蓝色": "blue", "绿色": "green", "黄色": "yellow",
    "白色": "white", "黑色": "black", "金色": "golden", "温暖": "warm", "寒冷": "cold", "明亮": "bright",
    "黑暗": "dark", "安静": "quiet", "美丽": "beautiful", "向左": "to the left", "向右": "to the right",
    "向上": "upward", "向下": "downward", "前": "forward", "后": "back", "然后": "then", "接着": "then",
    "同时": "while",
    "从": "from", "到": "to", "在": "in", "和": "and", "里": "inside", "上": "on", "下": "below",
}  # fmt: skip
# Said without meaning of their own.
_SILENT = "的了着地得一个只这那正她他它我你们是有，。、！？；：“”‘’（）\u3000"
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_PATTERN = re.compile("|".join(map(re.escape, sorted(WORDS, key=len, reverse=True))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """A text in English as far as the glossary goes."""

    text: str
    # Chinese that it does not know, in order.
    lost: str


def has_chinese(text: str) -> bool:
    """Whether there is a Chinese character in a text."""
    return _CHINESE.search(text) is not None


def read_chinese(text: str) -> Reading:
    """Say a text in English, word by word; what is English already stays."""
    parts, lost, at = [], [], 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match:
            parts.append(f" {WORDS[match.group()]} ")
            at = match.end()
            continue
        sign = text[at]
        if sign in _SILENT:
            parts.append(", " if sign in "，。、！？；：" else " ")
        elif _CHINESE.match(sign):
            lost.append(sign)
        else:
            parts.append(sign)
        at += 1
    plain = re.sub(r"\s+", " ", "".join(parts))
    plain = re.sub(r"(?:\s*,)+\s*", ", ", plain).strip(" ,")
    return Reading(text=plain, lost="".join(lost))
