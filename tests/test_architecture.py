"""The rules of the house (docs/architecture.md), because rules that are not tested leak."""

import ast
import os
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from app.settings import ROOT

DATA_PACKAGE = "app.messages"  # words without code
MAX_FILE, MAX_FUNCTION = 350, 40
APP = sorted((ROOT / "app").rglob("*.py"))
PYTHON = [*APP, ROOT / "alembic" / "env.py", *sorted((ROOT / "tests").rglob("*.py"))]
SCRIPTS = [p for p in sorted((ROOT / "extension").rglob("*.js")) if "node_modules" not in p.parts]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(path): path for path in APP}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(node: ast.AST) -> Iterator[str]:
    """The names that an import statement brings, whole."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def owning_module(name: str) -> str | None:
    """The module of this project that a dotted name lies in."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name if name != "app" else None


def imports_of(module: str) -> set[str]:
    found = {owning_module(name) for node in ast.walk(parsed(MODULES[module])) for name in imported(node)}
    return {name for name in found if name and name != module}


@cache
def order() -> tuple[tuple[str, ...], ...]:
    """The order of imports as docs/architecture.md has it: each may import what stands before it, and itself."""
    lines = (ROOT / "docs" / "architecture.md").read_text("utf-8").splitlines()
    (line,) = [line.strip("`") for line in lines if line.startswith("`errors → ")]
    return tuple(tuple(f"app.{name}" for name in group.split(", ")) for group in line.split(" → "))


def group_of(module: str) -> int:
    for at, group in enumerate(order()):
        if any(module == name or module.startswith(f"{name}.") for name in group):
            return at
    pytest.fail(f"{module} has no place in the order of imports: give it one in docs/architecture.md")


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"app", DATA_PACKAGE}))
def test_a_module_imports_only_what_stands_before_it(module: str) -> None:
    assert [name for name in sorted(imports_of(module)) if group_of(name) > group_of(module)] == []


def test_imports_go_round_in_no_circle() -> None:
    # Raises CycleError, which names the circle. A package's __init__ gathers its modules and is left out.
    packages = {module for module, path in MODULES.items() if path.name == "__init__.py"}
    graph = {module: imports_of(module) - packages for module in MODULES.keys() - packages}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_imported_inside_a_function(path: Path) -> None:
    inside = [
        node.lineno
        for function in ast.walk(parsed(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_only_queries_and_the_writers_select() -> None:
    def selects(path: Path) -> bool:
        calls = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.Call)]
        names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        attributes = {call.func.attr for call in calls if isinstance(call.func, ast.Attribute)}
        return "select" in names | attributes

    places = {path.relative_to(ROOT / "app").as_posix() for path in APP if selects(path)}
    allowed = {"seeding/store.py", "releases/changes.py", "publishing.py"}
    assert {place for place in places if not place.startswith("queries/")} == allowed


def test_the_lookup_is_pure() -> None:
    impure = ("sqlalchemy", "fastapi", "redis", "pathlib", "os", "time", "datetime.datetime", "app.db", "app.models")
    for module in MODULES:
        if module.startswith("app.lookup"):
            names = {name for node in ast.walk(parsed(MODULES[module])) for name in imported(node)}
            assert not [n for n in names if n.startswith(tuple(f"{i}." for i in impure)) or n in impure], module


def test_no_file_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in PYTHON + SCRIPTS
    }
    assert {name: length for name, length in lengths.items() if length > MAX_FILE} == {}


def test_no_function_is_too_long() -> None:
    lengths = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in PYTHON
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > MAX_FUNCTION} == {}


def ignored(path: Path) -> bool:
    """Whether .gitignore leaves it out; it has plain names and `*` only."""
    patterns = [line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines() if line.strip()]
    return path.name == ".git" or any(fnmatch(path.name, pattern) for pattern in patterns)


def committed() -> Iterator[Path]:
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in sorted(below) if not ignored(Path(folder, name))]
        yield from (Path(folder, name) for name in sorted(names) if not ignored(Path(folder, name)))


def texts() -> Iterator[tuple[str, str]]:
    for path in committed():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            yield path.relative_to(ROOT).as_posix(), data.decode("utf-8", "replace")


# In parts, so that this file does not name them itself.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("registry", "npmmirror", "com"),
        ("conda", "anaconda", "org"),
        ("index", "crates", "io"),
        ("proxy", "golang", "org"),
        ("registry-1", "docker", "io"),
        ("deb", "debian", "org"),
    )
]
MACHINE = [f"/{name}/" for name in ("work", "root", "workspace")] + ["/home/" + "[a-z]", "/Users/" + "[a-z]"]
# A source may have any address, and npm is a company with its own domains: what the seed says is data.
DATA = ("seed/companies/", "seed/hosted.yml", "tests/vectors/")


def test_no_committed_file_names_a_registry_or_a_path_of_one_machine() -> None:
    hosts = re.compile("|".join(map(re.escape, HOSTS)))
    paths = re.compile("|".join(rf"(?<![\w.:/~}}-]){pattern}" for pattern in MACHINE))
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if (hosts.search(line) and not name.startswith(DATA)) or paths.search(line)
    ]
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    names = [name for name, _ in texts()]
    assert {"pyproject.toml", "app/db.py", "seed/hosted.yml", ".gitignore"} <= set(names)
    assert not [name for name in names if name.startswith((".venv/", ".git/", "var/"))]
    assert re.search(MACHINE[0], f"cd {MACHINE[0]}main")


def test_the_order_names_every_part_once_and_nothing_else() -> None:
    named = [name for group in order() for name in group]
    assert len(named) == len(set(named))
    assert {".".join(module.split(".")[:2]) for module in MODULES.keys() - {"app", DATA_PACKAGE}} == set(named)
