"""Reading JSON that a database can keep: text of whole characters, nested no deeper than anybody needs."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class WellFormedJson(JSONParser):
    """JSON as RFC 8259 means it; half a character, NaN, and nesting without end are refused."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 - whatever was sent
        """The value.

        Raises:
            ParseError: If it is not well-formed.
        """
        try:
            value = super().parse(stream, media_type, dict(parser_context or {}))
            # Escapes can name one half of a pair, which no encoding can write.
            json.dumps(value, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("the JSON is nested too deeply") from error
        except UnicodeEncodeError as error:
            raise ParseError("the JSON holds half a character") from error
        return value
