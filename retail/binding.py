"""How a statement's values travel to PostgreSQL: apart from its text, which is planned once
and kept. The protocol counts them in two bytes; a statement of more values takes them in
its text, as a bulk of rows or a long list of ids may."""

from __future__ import annotations

from typing import Any

import psycopg

__all__ = ["Cursor"]

MOST = 65_535


class Cursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **more: Any) -> Cursor:
        if params is not None and len(params) > MOST:
            whole = psycopg.ClientCursor(self.connection).mogrify(query, params)
            return super().execute(whole, None, **more)
        return super().execute(query, params, **more)
