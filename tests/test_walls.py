"""The walls of the design, held up by reading the code itself."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "bridge"
FILES = sorted(ROOT.rglob("*.py"))
PURE = ("core", "portals", "formats", "model.py", "settings.py", "errors.py", "rows.py", "codec.py")
EDGES = {
    "fetch",
    "web",
    "stores",
    "senders",
    "engine",
    "steps",
    "cli",
    "commands",
    "config",
    "shelf",
    "lock",
    "clock",
}
NO_IO = {
    "os",
    "socket",
    "sqlite3",
    "requests",
    "subprocess",
    "logging",
    "time",
    "random",
    "urllib.request",
    "pathlib",
    "threading",
    "asyncio",
    "httpx",
    "telegram",
}
CLOCKS = re.compile(r"\b(?:datetime\.now|datetime\.utcnow|date\.today|time\.time|random\.|os\.environ|open)\(")


def name_of(path: Path) -> str:
    return ".".join(("bridge", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def imports(path: Path, *, top_only: bool = False) -> set[str]:
    """Absolute names of the modules that a file imports (with the names taken from packages)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guarded = {
        id(n) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) for n in ast.walk(node)
    }
    nodes = [n for n in (tree.body if top_only else ast.walk(tree)) if id(n) not in guarded]
    found: set[str] = set()
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            up = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def is_pure(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] in PURE


@pytest.mark.parametrize("path", [p for p in FILES if is_pure(p)], ids=name_of)
def test_the_pure_side_does_no_io_and_imports_no_edge(path):
    found = imports(path)
    assert not {name for name in found if name in NO_IO or name.split(".")[0] in NO_IO - {"urllib.request"}}
    assert not {name for name in found if name.startswith("bridge.") and name.split(".")[1] in EDGES}
    assert not CLOCKS.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((ROOT / "steps").glob("*.py")), ids=name_of)
def test_steps_name_no_library_of_an_edge(path):
    assert not {name.split(".")[0] for name in imports(path)} & {"requests", "sqlite3", "telegram", "bs4", "lxml", "feedgen"}


@pytest.mark.parametrize("path", sorted((ROOT / "senders").glob("*.py")), ids=name_of)
def test_senders_do_not_sleep_and_do_not_touch_the_store(path):
    assert not {name for name in imports(path) if name.startswith("bridge.stores") or name == "sqlite3"}
    assert "time.sleep(" not in path.read_text(encoding="utf-8")


def test_fetch_parses_no_html():
    for name in ("fetch", "web/exchange", "web/wire", "web/body", "web/robots", "web/pacing", "web/guard"):
        assert not {n.split(".")[0] for n in imports(ROOT / f"{name}.py")} & {"lxml", "bs4", "html"}


def test_stores_decide_nothing():
    for path in (ROOT / "stores").glob("*.py"):
        assert not {name for name in imports(path) if name.startswith("bridge.core")}
    assert "interval" not in (ROOT / "stores" / "queries.sql").read_text(encoding="utf-8").lower()


def test_there_is_no_import_cycle():
    """Among imports at module level; those inside functions run when everything is loaded."""
    names = {name_of(path): path for path in FILES}
    graph = {name: {i for i in imports(path, top_only=True) if i in names and i != name} for name, path in names.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_stay_small_and_documented(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert text.count("\n") <= 400
    assert ast.get_docstring(tree) or not tree.body
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            assert not body or (body[-1].end_lineno or 0) - body[0].lineno < 50, node.name
            assert node.returns is not None, node.name


def test_tests_use_no_mocks():
    for path in Path(__file__).parent.rglob("*.py"):
        assert not {"unittest.mock", "mock"} & imports_plain(path), path


def imports_plain(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return found | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
