"""Starter trees: six small projects that run in one press, with pictures drawn here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from projects.actions.idempotency import note_made
from projects.errors import NotFound
from projects.models import Film, Node, Project, User

_STEP_X, _STEP_Y = 416.0, 420.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """One empty shot of a template: its words, in both languages, and its place in columns and rows."""

    en: str
    zh: str
    column: int = 0
    row: int = 0
    seconds: int = 3
    # Words of single seconds, in the small model's own captions.
    second_prompts: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As clients see it, with its place in canvas pixels."""
        return {
            "prompt": {"en": self.en, "zh-CN": self.zh},
            "second_prompts": dict(self.second_prompts),
            "duration_s": self.seconds,
            "x": self.column * _STEP_X,
            "y": self.row * _STEP_Y,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A starter tree."""

    id: str
    titles: Mapping[str, str]
    shots: tuple[Shot, ...]
    note: Mapping[str, str]

    def to_json(self) -> dict[str, Any]:
        """As clients see it."""
        return {
            "id": self.id,
            "title": dict(self.titles),
            "shots": len(self.shots),
            "poster": None,
            "note": dict(self.note),
            "tree": [shot.to_json() for shot in self.shots],
        }


TEMPLATES = (
    Template(
        id="three_moves",
        titles={"en": "One picture, three moves", "zh-CN": "一张图片，三种运镜"},
        note={"en": "Drop a picture and connect it to each shot.", "zh-CN": "放入一张图片，并连接到每个镜头。"},
        shots=(
            Shot(en="slow zoom in", zh="缓慢推近"),
            Shot(en="pan left", zh="向左平移", row=1),
            Shot(en="zoom out", zh="拉远", row=2),
        ),
    ),
    Template(
        id="day_to_night",
        titles={"en": "From day to night", "zh-CN": "从白天到夜晚"},
        note={"en": "One line of shots; each continues the last.", "zh-CN": "一条镜头线，每个镜头延续前一个。"},
        shots=(
            Shot(en="sunrise over mountains, the camera holds still", zh="日出，山，固定镜头"),
            Shot(en="clouds in the sky, pan right", zh="云，天空，向右平移", column=1),
            Shot(en="sunset, slow zoom out", zh="日落，缓慢拉远", column=2),
            Shot(en="night, stars in the sky, tilt up", zh="夜晚，星星，天空，向上摇", column=3),
        ),
    ),
    Template(
        id="two_endings",
        titles={"en": "Two endings", "zh-CN": "两种结局"},
        note={"en": "The same beginning, told twice.", "zh-CN": "同一个开头，两种讲法。"},
        shots=(
            Shot(en="a door in a quiet street, slow zoom in", zh="安静的街道，门，缓慢推近"),
            Shot(en="the door opens, warm light", zh="门，打开，温暖，光", column=1),
            Shot(en="the door stays closed, rain falls", zh="门，下雨", column=1, row=1),
        ),
    ),
    Template(
        id="waves",
        titles={"en": "Waves", "zh-CN": "海浪"},
        note={"en": "From words alone, without a picture.", "zh-CN": "只用文字，不需要图片。"},
        shots=(Shot(en="waves of the sea, the camera holds still", zh="海浪，固定镜头", seconds=5),),
    ),
    Template(
        id="camera_school",
        titles={"en": "Camera school", "zh-CN": "运镜练习"},
        note={"en": "Every move that the small model knows.", "zh-CN": "小模型会的所有运镜。"},
        shots=tuple(
            Shot(en=en, zh=zh, column=number % 4, row=number // 4, seconds=2)
            for number, (en, zh) in enumerate(
                (
                    ("pan left", "向左平移"),
                    ("pan right", "向右平移"),
                    ("tilt up", "向上摇"),
                    ("tilt down", "向下摇"),
                    ("zoom in", "推近"),
                    ("zoom out", "拉远"),
                    ("roll clockwise", "顺时针旋转"),
                    ("camera shake", "镜头抖动"),
                )
            )
        ),
    ),
    Template(
        id="second_by_second",
        titles={"en": "Second by second", "zh-CN": "逐秒讲述"},
        note={
            "en": "Open the shot: each second may have words of its own.",
            "zh-CN": "打开镜头：每一秒都可以有自己的提示词。",
        },
        shots=(Shot(en="pan left", zh="向左平移", seconds=4, second_prompts={"3": "pan right", "4": "zoom in"}),),
    ),
)
_BY_ID = {template.id: template for template in TEMPLATES}


def create_from_template(user: User, template_id: str, *, language: str) -> Project:
    """A project with a starter tree's shots.

    Raises:
        NotFound: If there is no such template.
    """
    template = _BY_ID.get(template_id)
    if template is None:
        raise NotFound(f"there is no template {template_id[:40]!r}", code="template_gone")
    code = "zh-CN" if language.startswith("zh") else "en"
    with transaction.atomic():
        project = Project.objects.create(owner=user, title=template.titles[code])
        note_made(project.pk)
        Film.objects.create(project=project, title=project.title)
        Node.objects.create(project=project, kind="note", text=template.note[code], width=220, height=120, y=-180)
        Node.objects.bulk_create(
            Node(
                project=project,
                kind="shot",
                prompt=shot.zh if code == "zh-CN" else shot.en,
                duration_s=shot.seconds,
                x=shot.column * _STEP_X,
                y=shot.row * _STEP_Y,
                second_prompts=dict(shot.second_prompts),
            )
            for shot in template.shots
        )
    return project
