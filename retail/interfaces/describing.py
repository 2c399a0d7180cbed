"""What OpenAPI says of every call of the API alike, so that no view says it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from drf_spectacular.plumbing import get_lib_doc_excludes

RETRY_AFTER = {
    "Retry-After": {
        "schema": {"type": "string", "pattern": r"^[1-9]\d*$"},
        "description": "seconds",
        "required": True,
    }
}
ALWAYS = {
    "429": "too-many-requests",
    "503": "closed or unavailable for a moment: send the same again",
}
WITH_PATH = {"404": "not-found: or somebody else's"}
WITH_QUERY = {"400": "invalid: `errors` names each field"}
WITH_BODY = {
    **WITH_QUERY,
    "413": "too-large",
    "415": "unsupported-media-type: only JSON is read",
}


def everywhere(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """A POSTPROCESSING_HOOK of drf-spectacular: the problems that any call may meet, and
    bodies that are read strictly, in which null means as much as nothing."""
    components, seen = result["components"]["schemas"], set[str]()
    for call in _calls(result["paths"].values()):
        _add_problems(call)
        for content in call.get("requestBody", {}).get("content", {}).values():
            _strict(content["schema"], components, seen)
    return result


def not_descriptions() -> list[type]:
    """Classes whose docstrings are for those who read the code."""
    from retail.interfaces.views import ApiView  # which reads the settings

    return [*get_lib_doc_excludes(), ApiView]  # type: ignore[no-untyped-call]


def _calls(paths: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for path in paths:
        yield from (call for call in path.values() if "responses" in call)


def _add_problems(call: dict[str, Any]) -> None:
    places = {each["in"] for each in call.get("parameters", [])}
    problems = (
        ALWAYS
        | (WITH_PATH if "path" in places else {})
        | (WITH_QUERY if "query" in places else {})
        | (WITH_BODY if "requestBody" in call else {})
    )
    ref = {"$ref": "#/components/schemas/ProblemSchema"}
    for status, says in problems.items():
        found = call["responses"].setdefault(status, {"description": says})
        found.setdefault("content", {"application/problem+json": {"schema": ref}})
        if status in ALWAYS:
            found["headers"] = RETRY_AFTER
    call["responses"] = dict(sorted(call["responses"].items()))


def _strict(schema: dict[str, Any], components: dict[str, Any], seen: set[str]) -> None:
    """Follows the references of a body, each component once."""
    for name in _named(schema):
        if name not in seen:
            seen.add(name)
            _strict(components[name], components, seen)
    for each in schema.get("allOf", []):
        _strict(each, components, seen)
    if "items" in schema:
        _strict(schema["items"], components, seen)
    if "properties" in schema:
        schema["additionalProperties"] = False
        needed = schema.get("required", [])
        for name, field in schema["properties"].items():
            _strict(field, components, seen)
            if name not in needed:
                schema["properties"][name] = _or_null(field)


def _named(schema: dict[str, Any]) -> list[str]:
    return [schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else []


def _or_null(field: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in field or "allOf" in field:
        return {"oneOf": [field, {"enum": [None], "nullable": True}]}
    if "enum" in field and None not in field["enum"]:
        field = {**field, "enum": [*field["enum"], None]}
    return {**field, "nullable": True}
