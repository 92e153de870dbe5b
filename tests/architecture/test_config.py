"""Values are frozen, complete and said by name."""

import ast
import json
from dataclasses import MISSING, asdict, fields, is_dataclass

import pytest

from generation import config, presets
from generation.contract import requests
from tests.architecture.source_tree import HOUSES, dotted, nodes, python_files, refuse, shown

NEEDED = {"frozen", "kw_only", "slots"}
CONFIGURATIONS = [
    value for value in vars(config).values() if isinstance(value, type) and is_dataclass(value)
]  # fmt: skip


def dataclass_switches(decorator: ast.expr) -> set[str] | None:
    """The switches that a ``@dataclass`` turns on; None for any other decorator."""
    call = decorator if isinstance(decorator, ast.Call) else None
    if dotted(call.func if call else decorator) not in ("dataclass", "dataclasses.dataclass"):
        return None
    words = call.keywords if call else []
    return {
        word.arg for word in words if word.arg and isinstance(word.value, ast.Constant) and word.value.value is True
    }


def may_lack(node: ast.ClassDef) -> set[str]:
    """What a file keeps to itself may be filled step by step, and made without names."""
    return {"frozen", "kw_only"} if node.name.startswith("_") else set()


def test_every_dataclass_is_frozen_slotted_and_said_by_name():
    found = [
        f"{shown(path)}:{node.lineno}: {node.name} lacks {', '.join(sorted(NEEDED - may_lack(node) - switches))}"
        for path in python_files(*HOUSES, "tools")
        for node in nodes(path, ast.ClassDef)
        for switches in map(dataclass_switches, node.decorator_list)
        if switches is not None and not switches >= NEEDED - may_lack(node)
    ]

    refuse(found)


@pytest.mark.parametrize("kind", CONFIGURATIONS, ids=lambda kind: kind.__name__)
def test_configuration_has_no_field_to_be_filled_in_later(kind):
    later = [field.name for field in fields(kind) if field.default is None and field.default is not MISSING]

    refuse(later)


@pytest.mark.parametrize("preset", presets.PRESETS.values(), ids=lambda preset: preset.name)
def test_preset_is_plain_values_all_through(preset):
    values = asdict(preset)

    assert json.loads(json.dumps(values)) == json.loads(json.dumps(values, sort_keys=True))


def test_contract_survives_json():
    request = requests.GenerationRequest(prompts=("海",), seconds=2, width=64, height=48, fit=requests.Fit.PAD)

    assert requests.GenerationRequest.from_json(request.to_json()) == request
