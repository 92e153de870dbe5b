import json

import pytest

from kernels.benchmark.__main__ import main
from kernels.benchmark.dispatch import read_cases, report, solve
from tests.kernels.planning.dispatch_cases import BASELINE


def test_one_line_per_case_and_one_per_number_of_ranks(tmp_path, capsys):
    document = json.loads(BASELINE.read_text())
    names = ["causal", "shared_question"]
    document["results_default_chunk"] = [one for one in document["results_default_chunk"] if one["name"] in names]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(document))

    assert main(["dispatch", "--cases", str(path), "--ranks", "2", "--section", "results_default_chunk"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 2 + 1
    assert lines[-1].startswith("results_default_chunk, 2 ranks, 2 masks: rows ")
    assert "of 9728 = 0." in lines[-1]
    assert "cap kept 2 of 2" in lines[-1]


def test_min_heap_is_made_here_where_the_file_has_none(tmp_path):
    document = json.loads(BASELINE.read_text())
    entry = document["results_default_chunk"][0]
    del entry["magi_minheap"]
    document["results_default_chunk"] = [entry]
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(document))

    (case,) = read_cases(path)

    assert solve(case).official.received == (4096, 4096)


def test_nothing_that_travels_is_a_ratio_of_one(tmp_path):
    path = tmp_path / "cases.json"
    slices = [{"q": [start, start + 8], "k": [start, start + 8], "type": "full"} for start in range(0, 32, 8)]
    entry = {"name": "apart", "seqlen": 32, "chunk_size": 8, "cp_size": 4}
    path.write_text(json.dumps({"slices": {"apart": slices}, "results": [entry]}))

    lines = list(report(read_cases(path)))

    assert "rows 0 of 0 = 1.0000" in lines[-1]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"slices": {"a": [{"q": [0, 1], "k": [2, 1], "type": "full"}]}}'])
def test_file_without_cases_is_refused_by_name(tmp_path, capsys, text):
    path = tmp_path / "cases.json"
    path.write_text(text)

    assert main(["dispatch", "--cases", str(path)]) == 2
    assert "cases.json" in capsys.readouterr().err
