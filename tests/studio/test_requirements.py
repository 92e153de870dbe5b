"""The stamp changes exactly when the environment must be made anew."""

from dataclasses import replace
from pathlib import Path

import pytest

from studio.errors import SetupError
from studio.requirements import Requirements, read_requirements

REQUIREMENTS = Requirements(core=("numpy>=2",), dev=("pytest>=9",), constraints="# why\nnumpy==2.4.6\n")


def stamp(requirements: Requirements, *, with_tests: bool = True, place: str = "/here 3.11.7") -> str:
    return requirements.stamp(with_tests=with_tests, place=place)


def test_stamp_is_the_same_for_the_same_requirements():
    assert stamp(REQUIREMENTS) == stamp(replace(REQUIREMENTS))


def test_stamp_ignores_comments_and_blank_lines_of_the_constraints():
    assert stamp(REQUIREMENTS) == stamp(replace(REQUIREMENTS, constraints="\n  numpy==2.4.6\n\n# another reason\n"))


@pytest.mark.parametrize(
    "changed",
    [
        replace(REQUIREMENTS, core=("numpy>=2.1",)),
        replace(REQUIREMENTS, dev=("pytest>=9.1",)),
        replace(REQUIREMENTS, constraints="numpy==2.4.7\n"),
    ],
    ids=["core", "dev", "constraints"],
)
def test_stamp_changes_with_every_requirement(changed):
    assert stamp(changed) != stamp(REQUIREMENTS)


def test_stamp_changes_with_the_place():
    assert stamp(REQUIREMENTS, place="/there 3.11.7") != stamp(REQUIREMENTS)


def test_stamp_without_tests_ignores_the_tools_for_tests():
    changed = replace(REQUIREMENTS, dev=())

    assert stamp(changed, with_tests=False) == stamp(REQUIREMENTS, with_tests=False)
    assert stamp(REQUIREMENTS, with_tests=False) != stamp(REQUIREMENTS)


def test_read_requirements_of_this_project_names_torch_and_pytest(repository: Path):
    requirements = read_requirements(repository)

    assert any(name.startswith("torch==") for name in requirements.core)
    assert any(name.startswith("pytest") for name in requirements.dev)


def test_read_requirements_says_what_is_broken(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[project\n")

    with pytest.raises(SetupError, match=r"pyproject\.toml and constraints\.txt must be whole"):
        read_requirements(tmp_path)
