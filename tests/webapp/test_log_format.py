"""One record, one line."""

import json
import logging
import sys

from webapp.log_format import JsonFormatter


def record(message: str, *, error=None) -> logging.LogRecord:
    return logging.LogRecord("a.b", logging.WARNING, "file.py", 1, message, (), error)


def test_a_record_is_one_line_of_json():
    line = JsonFormatter().format(record("first\nsecond 海"))

    assert "\n" not in line
    assert json.loads(line)["message"] == "first\nsecond 海"
    assert json.loads(line)["level"] == "WARNING"


def test_an_error_is_part_of_the_line():
    try:
        raise ValueError("boom")
    except ValueError:
        line = JsonFormatter().format(record("failed", error=sys.exc_info()))

    assert "boom" in json.loads(line)["error"]
    assert "\n" not in line
