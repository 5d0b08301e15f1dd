"""The rules of the house that no linter knows. Each takes the project's folder and gives what breaks it, in words."""

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TRUCE = ("bot", "handlers", "storage", "playground")
LONGEST_FILE = 400
LONGEST_ADR = 60
LOCKS = ("requirements.lock", "requirements-dev.lock")

CLOCKS = {"bot/__main__.py", "playground/clock.py"}
BROAD = {"Exception", "BaseException"}
CATCHERS = {"handlers/worker.py", "handlers/slack.py"}

SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|(CREATE|DROP|ALTER)\s+TABLE\s)",
    re.DOTALL,
)
ASKS = {"exec", "execute", "executemany", "executescript", "scalar", "scalars"}
NOW = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
NOW |= {("time", "time"), ("time", "time_ns")}

# Written so that they do not find themselves.
MACHINE = re.compile(r"(?<![\w.:/-])/(?:work|home|root|Users)/[\w.]")
REGISTRY = re.compile(r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|deb[.]debian[.]org")
TARGET = re.compile(r"^([a-z][\w-]*):([^=].*)?$", re.MULTILINE)
PROOF = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`|`lint-imports` \(`([\w-]+)`\)|`ruff` \(`(\w+)`\)")


def sources(root: Path, *folders: str, endings: tuple[str, ...] = (".py",)) -> Iterator[tuple[str, str]]:
    """Every text in these folders that ends so, as (path from the root, text)."""
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in endings and path.is_file():
                yield path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")


def trees(root: Path, *folders: str, having: str = "") -> Iterator[tuple[str, ast.Module]]:
    """Those with this word in their text: a look for it takes a thousandth of reading a file as Python."""
    for path, text in sources(root, *folders):
        if having in text:
            yield path, ast.parse(text)


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module and name that is imported absolutely, with its line: (3, "slack_sdk.models.blocks")."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def name_of(node: ast.expr | None) -> str:
    """The last word of a dotted name: datetime.datetime -> datetime."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def files_too_long(root: Path) -> list[str]:
    endings = (".py", ".js", ".css", ".html")
    lengths = (
        (path, len(text.splitlines())) for path, text in sources(root, *TRUCE, "tests", endings=endings)
    )
    return [
        f"{path}: {lines} lines, {LONGEST_FILE} at most" for path, lines in lengths if lines > LONGEST_FILE
    ]


def names_that_say_nothing(root: Path) -> list[str]:
    """A feature is a noun. These are kinds of code, or Slack's words."""
    nowhere = {"utils", "util", "helpers", "helper", "services", "service", "common", "misc"}
    folders = nowhere | {"actions", "views", "events", "commands", "models"}
    found = []
    for folder in (*TRUCE, "tests"):
        for path in sorted((root / folder).rglob("*")):
            banned = folders if path.is_dir() else nowhere
            if path.stem in banned and "__pycache__" not in path.parts:
                found.append(f"{path.relative_to(root).as_posix()}: name the noun that it is about")
    return found


def broad_catches(root: Path) -> list[str]:
    """`except Exception` in the worker and the Slack edge, once each; nowhere else, and nothing as broad."""
    found, seen = [], set()
    for path, tree in trees(root, *TRUCE):
        for node in ast.walk(tree):
            if _swallows(node):
                if path not in CATCHERS or path in seen:
                    found.append(f"{path}:{getattr(node, 'lineno', 0)}: catches everything")
                seen.add(path)
    return found


def _swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and name_of(node.func) == "suppress":
        return any(name_of(argument) in BROAD for argument in node.args)
    if not isinstance(node, ast.ExceptHandler):
        return False
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = {name_of(kind) if kind else "BaseException" for kind in kinds}
    return "Exception" in names or ("BaseException" in names and not _hands_on(node))


def _hands_on(node: ast.ExceptHandler) -> bool:
    """Raised again, or put into the future that somebody awaits: not swallowed."""
    raises = isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None
    calls = (inner for inner in ast.walk(node) if isinstance(inner, ast.Call))
    return raises or any(name_of(call.func) == "set_exception" for call in calls)


def queries_outside_storage(root: Path) -> list[str]:
    """That no other folder can import SQL is a contract; this finds text that is SQL, and sessions that are asked."""
    found = []
    for path, tree in trees(root, "bot", "handlers", "playground"):
        for node in ast.walk(tree):
            text = isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
            asks = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS
            )
            if text or asks:
                found.append(f"{path}:{getattr(node, 'lineno', 0)}: a query outside storage")
    return found


def clocks_read(root: Path) -> list[str]:
    """As TID251 of ruff, but a `noqa` does not help."""
    found = []
    for path, tree in trees(root, *TRUCE):
        if path in CLOCKS:
            continue
        found += [f"{path}:{line}: reads a clock" for line, name in imported(tree) if name == "time.time"]
        found += [
            f"{path}:{node.lineno}: reads a clock"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and (name_of(node.value), node.attr) in NOW
        ]
    return found


def slack_in_the_brain(root: Path) -> list[str]:
    """Of slack_sdk the brain has the classes of what is shown; a contract sees libraries only as a whole."""
    return [
        f"{path}:{line}: {name}; only slack_sdk.models may be here"
        for path, tree in trees(root, "bot", having="slack_sdk")
        if path != "bot/__main__.py"
        for line, name in imported(tree)
        if name.split(".")[0] == "slack_sdk" and not name.startswith("slack_sdk.models")
    ]


def naps(root: Path) -> list[str]:
    """Tests wait for what they wait for; `sleep(0)` lets others run and is none. A bench measures real time."""
    return [
        f"{path}:{node.lineno}: sleeps"
        for path, tree in trees(root, "tests", having="sleep")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and name_of(node.func) == "sleep"
        and not path.startswith("tests/bench/")
        and not (node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0)
    ]


def exceptions_without_reason(root: Path) -> list[str]:
    """`# noqa: S603 - the program is our own`: every exception from a lint says why, in the line."""
    bare = re.compile(
        r"#\s*noqa(?!: [A-Z]+\d+(, ?[A-Z]+\d+)*\s+\W*\w)|#\s*type: ignore(?!\[[\w, -]+\]\s+\W*\w)"
    )
    return [
        f"{path}:{token.start[0]}: an exception without its reason"
        for path, text in sources(root, *TRUCE, "tests")
        if any(bare.search(line) for line in text.splitlines())
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and bare.search(token.string)
    ]


def locks_that_tell_or_miss(root: Path) -> list[str]:
    """A lock names versions and every machine's files, no address; all that pyproject.toml asks for is in both, the same."""
    found = []
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runs, proves = project["dependencies"], project["optional-dependencies"]["dev"]
    asked = {LOCKS[0]: runs, LOCKS[1]: runs + proves}
    first: dict[str, str] = {}
    for lock in LOCKS:
        text = (root / lock).read_text(encoding="utf-8")
        found += [
            f"{lock}:{number}: an address"
            for number, line in enumerate(text.splitlines(), 1)
            if re.search(r"://|^\s*-(?!-hash=)", line) or "@ " in line
        ]
        locked = dict(re.findall(r"^([\w.-]+)==([^ \\;]+)", text, re.MULTILINE))
        found += [
            f"{lock}: another {name} than in {LOCKS[0]}" for name in first if first[name] != locked.get(name)
        ]
        first = first or locked
        hashes = re.findall(r"^([\w.-]+)==.*((?:\n    --hash=.*)*)", text, re.MULTILINE)
        found += [
            f"{lock}: {name} for one machine alone; make lock"
            for name, files in hashes
            if files.count("--hash") == 1
        ]
        for need in map(Requirement, asked[lock]):
            if locked.get(need.name.lower(), "") not in need.specifier:
                found.append(f"{lock}: no fitting {need}; make lock")
    return found


def libraries_without_reason(root: Path) -> list[str]:
    """Every library of pyproject.toml has its line in the decision on dependencies."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    reasons = (root / "docs/adr/0004-dependencies.md").read_text(encoding="utf-8")
    needs = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [Requirement(need).name for need in needs]
    return [f"docs/adr/0004: nothing about {name}" for name in names if f"`{name}`" not in reasons]


def unexplained_targets(root: Path) -> list[str]:
    text = (root / "Makefile").read_text(encoding="utf-8")
    return [f"make {name}: not explained" for name, rest in TARGET.findall(text) if "## " not in rest]


def decisions_without_proof(root: Path) -> list[str]:
    """Under 60 lines, numbered without a gap, each with a lint, contract or test that exists."""
    found = []
    contracts = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    ids = {contract["id"] for contract in contracts["contracts"]}
    for number, (path, text) in enumerate(sources(root, "docs/adr", endings=(".md",)), 1):
        if not re.fullmatch(rf"docs/adr/{number:04}-[a-z-]+\.md", path):
            found.append(f"{path}: should be number {number:04}")
        if len(text.splitlines()) >= LONGEST_ADR:
            found.append(f"{path}: {LONGEST_ADR} lines or more")
        proofs = PROOF.findall(text.partition("## Enforced by")[2])
        if not proofs:
            found.append(f"{path}: names nothing that enforces it")
        for file, test, contract, _ in proofs:
            if file and not _stands(root / file, test):
                found.append(f"{path}: {file} {test} does not exist".replace("  ", " "))
            if contract and contract not in ids:
                found.append(f"{path}: no contract {contract}")
    return found


def _stands(file: Path, test: str) -> bool:
    return file.exists() and (not test or f"def {test}(" in file.read_text(encoding="utf-8"))


def traces_of_a_machine(root: Path) -> list[str]:
    """No path of somebody's machine, no host of a package registry."""
    endings = (
        ".py",
        ".js",
        ".css",
        ".html",
        ".md",
        ".toml",
        ".yaml",
        ".yml",
        ".json",
        ".sh",
        ".ini",
        ".cfg",
        ".mako",
    )
    texts = list(sources(root, *TRUCE, "tests", "docs", endings=endings))
    loose = [
        path
        for path in (*root.iterdir(), *(root / ".ci").glob("*"))
        if path.is_file() and path.name not in (".env", ".git")
    ]
    texts += [
        (path.relative_to(root).as_posix(), path.read_text(encoding="utf-8", errors="ignore"))
        for path in loose
    ]
    return [
        f"{path}:{number}: {found[0]}"
        for path, text in texts
        for number, line in enumerate(text.splitlines(), 1)
        if (found := MACHINE.search(line) or REGISTRY.search(line))
    ]


RULES: tuple[Callable[[Path], list[str]], ...] = (
    files_too_long,
    names_that_say_nothing,
    broad_catches,
    queries_outside_storage,
    clocks_read,
    slack_in_the_brain,
    naps,
    exceptions_without_reason,
    locks_that_tell_or_miss,
    libraries_without_reason,
    unexplained_targets,
    decisions_without_proof,
    traces_of_a_machine,
)
