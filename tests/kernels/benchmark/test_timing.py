from kernels.benchmark import timing


def test_both_ways_are_run_in_turn(monkeypatch):
    calls = []

    pair = timing.time_pair(lambda: calls.append("a"), lambda: calls.append("b"), turns=3)

    assert calls == ["a", "b"] * (3 + timing.WARM_UPS)
    assert pair.first >= 0
    assert pair.second >= 0


def test_ratio_is_the_median_over_turns(monkeypatch):
    clock = iter([0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 0, 1, 0, 9, 0, 1, 0, 3, 0, 1])
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(clock))

    pair = timing.time_pair(int, int, turns=3)

    assert (pair.first, pair.second, pair.ratio) == (2, 1, 3)
