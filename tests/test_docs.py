"""What the code has, the docs name: settings, commands, rules, fields, problem types, routes. And their links lead
somewhere."""

import ast
import re
from collections.abc import Iterator
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from starlette.testclient import TestClient

from app import cli
from app.main import create_api
from app.seeding import exempt, record
from app.seeding.rules import READING
from app.seeding.rules_page import rules_page
from app.settings import ROOT, Settings
from tests.conftest import make_settings

DOCS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "seed/README.md")]
DOCS += sorted((ROOT / "docs").rglob("*.md"))
# What the framework itself answers with; the type is made of the status (web/problems.py).
FRAMEWORK = (404, 405)
NOT_HTTP = {
    "settings", "bad-seed", "busy", "database", "data-dir", "seed-dir", "port", "stack", "extension-build", "shrinks",
    "other-awards", "keys", "key", "file", "format", "untrusted", "award-file", "award-quality", "award-store",
    "award-none", "award-rule", "redirect-gone", "decided", "inbox", "sources",
    "sources-state", "seed-id", "clock",
}  # fmt: skip


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def rows(text: str) -> dict[str, list[str]]:
    """The rows of all tables by the code in their first cell; a cell may name several."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        if line.startswith("|"):
            first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
            found |= dict.fromkeys(re.findall(r"`([^`]+)`", first), rest)
    return found


def test_every_setting_is_documented_as_it_is() -> None:
    documented = {name: cells for name, cells in rows(read("docs/settings.md")).items() if name.startswith("GOVTIES_")}
    assert set(documented) == {f"GOVTIES_{name.upper()}" for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        default, meaning = documented[f"GOVTIES_{name.upper()}"]
        assert field.default is not PydanticUndefined
        if name == "seed_dir":
            assert field.default == ROOT / "seed"
        else:
            assert default.strip("`") == ("none" if field.default is None else str(field.default)), name
        assert meaning == field.description, name


def _commands() -> Iterator[tuple[str, set[str]]]:
    """Every command of the command line, and its long options."""

    def walk(command: object, name: str) -> Iterator[tuple[str, set[str]]]:
        inner = getattr(command, "commands", {})
        for part, child in inner.items():
            yield from walk(child, f"{name} {part}")
        if not inner:
            options = {option for each in getattr(command, "params", []) for option in each.opts}
            yield name, {option for option in options if option.startswith("--")}

    for name in cli.PARTS:
        yield from walk(cli.command(name), f"govties {name}")


def test_every_command_and_option_is_documented() -> None:
    documented = rows(read("docs/settings.md"))
    commands = dict(_commands())
    assert "govties seed check" in commands, "the commands are found at all"
    assert set(commands) == {name for name in documented if name.startswith("govties ")}
    for name, options in commands.items():
        for option in options:
            assert f"`{option}" in documented[name][0], f"{name} {option}"


def test_every_rule_of_the_seed_is_documented() -> None:
    assert read("docs/rules.md") == rules_page(), "run `govties seed rules --write`"
    assert {each.name for each in READING} == _rules_of_reading() | {"exception"}


def _rules_of_reading() -> set[str]:
    """Rules that the reader names: the words in the calls that make problems, and those it assigns."""
    code = read("app/seeding/reader.py")
    called = re.findall(r'(?:Problem\([^,\n]+, [^,\n]+, |\.problem\(|_Unreadable\([^\n]*?, )"([a-z-]+)"', code)
    assigned = re.findall(r'rule, message = "([a-z-]+)"', code)
    return {*called, *assigned}


def test_every_field_and_word_of_the_seed_is_documented() -> None:
    named = set(re.findall(r"`([a-z_]+)`", read("seed/README.md")))
    missing = []
    for thing in [*vars(record).values(), *vars(exempt).values()]:
        if isinstance(thing, type) and thing.__module__ in (record.__name__, exempt.__name__):
            if issubclass(thing, record.Record):
                missing += [f"{thing.__name__}.{field}" for field in thing.model_fields if field not in named]
            elif issubclass(thing, StrEnum):
                missing += [f"{thing.__name__} {word.value}" for word in thing if word.value not in named]
    assert missing == []


def _raised() -> set[str]:
    """The types of all errors that the code makes: the first argument of AppError and of the constructors below it."""
    found: set[str] = set()
    for path in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first = node.args[0]
            made = ast.unparse(node.func) in ("AppError", "super().__init__")
            if made and isinstance(first, ast.Constant) and re.fullmatch(r"[a-z]+(-[a-z]+)*", str(first.value)):
                found.add(str(first.value))
    return found


def test_every_problem_type_is_documented() -> None:
    http, _, command_line = read("docs/problems.md").partition("## From the command line")
    framework = {HTTPStatus(status).phrase.lower().replace(" ", "-") for status in FRAMEWORK}
    raised = _raised() | framework
    assert {"invalid-host", "not-found", "unavailable"} <= raised, "the types are found at all"
    assert set(rows(http)) == raised - NOT_HTTP
    assert set(rows(command_line)) == NOT_HTTP
    assert raised >= NOT_HTTP


def test_problems_have_the_documented_status(client: TestClient) -> None:
    documented = rows(read("docs/problems.md"))
    asked = [
        client.get("/v1/domains/a..b"),
        client.get("/v1/lookup"),
        client.post("/v1/lookups", content=b"{"),
        client.post("/v1/lookups", content=b"x" * 70_000),
        client.get("/v1/companies?cursor=x"),
        client.get("/v1/ties/nothing"),
        client.get("/nothing"),
        client.delete("/v1/release"),
    ]
    for response in asked:
        problem = response.json()
        assert documented[problem["type"].removeprefix("/problems/")][0] == str(response.status_code)


def test_every_route_is_documented(tmp_path: Path) -> None:
    described = create_api(make_settings(tmp_path)).openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}
    headings = set(re.findall(r"^### `([A-Z]+ /\S+)`$", read("docs/api.md"), re.MULTILINE))
    assert headings == routes


def test_every_parameter_and_field_of_the_interface_is_documented(tmp_path: Path) -> None:
    description = create_api(make_settings(tmp_path)).openapi()
    text = read("docs/api.md")
    named = set(re.findall(r"[a-z_0-9]+", " ".join(re.findall(r"`[^`]*`|\"[a-z_0-9]+\":", text))))
    schemas = description["components"]["schemas"]
    fields = {
        f"{name}.{field}"
        for name, schema in schemas.items()
        if "ValidationError" not in name  # FastAPI's own, replaced by problems
        for field in schema.get("properties", {})
    }
    parameters = {
        f"{path} {each['name']}"
        for path, methods in description["paths"].items()
        for method in methods.values()
        for each in method.get("parameters", [])
    }
    assert len(fields) > 50
    missing = [each for each in fields | parameters if re.split(r"[. ]", each)[-1] not in named]
    assert sorted(missing) == []


def _anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target.read_text("utf-8")), link


def test_every_file_that_the_docs_name_is_there() -> None:
    for document in DOCS:
        for name in re.findall(r"`((?:app|seed|tests|extension|docs|alembic)/[\w./-]*)`", document.read_text("utf-8")):
            assert (ROOT / name).exists(), f"{document.name}: {name}"


def test_every_promise_of_privacy_names_a_test_that_is_there() -> None:
    promises = re.findall(r"^\| .+ \| `(tests/[\w/.]+)::(\w+)` \|$", read("docs/privacy.md"), re.MULTILINE)
    assert len(promises) >= 14
    for path, name in promises:
        assert f"def {name}(" in read(path), f"{path}::{name}"


def test_every_document_is_linked_from_the_readme() -> None:
    readme = read("README.md")
    for document in DOCS[1:]:
        assert f"({document.relative_to(ROOT).as_posix()})" in readme


def test_the_import_order_names_every_module() -> None:
    order = re.search(r"^`(errors → .*)`$", read("docs/architecture.md"), re.MULTILINE)
    assert order
    named = set(re.findall(r"\w+", order[1]))
    modules = {
        path.stem for path in (ROOT / "app").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert modules - {"__init__", "messages"} == named


def test_nothing_imports_what_stands_after_it() -> None:
    order = re.search(r"^`(errors → .*)`$", read("docs/architecture.md"), re.MULTILINE)
    assert order
    rank = {name: at for at, group in enumerate(order[1].split(" → ")) for name in group.split(", ")}
    for path in (ROOT / "app").rglob("*.py"):
        layer = path.relative_to(ROOT / "app").parts[0].removesuffix(".py")
        for other in _imported(path):
            if layer in rank and other in rank and other != layer:
                assert rank[other] < rank[layer], f"{path.relative_to(ROOT)} imports app.{other}"


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "app":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("app."):
            yield node.module.split(".")[1]
