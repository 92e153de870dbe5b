"""Lists a page at a time, in an order that does not shift while one pages."""

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class CursorPaging(CursorPagination):
    """``?cursor=&limit=``, at most 200; newest first unless a view says otherwise."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-created_at"

    def get_paginated_response(self, data: Any) -> Response:  # noqa: ANN401 - as the framework has it
        """Results, with the addresses of the pages beside this one."""
        return Response({"results": data, "next": self.get_next_link(), "previous": self.get_previous_link()})
