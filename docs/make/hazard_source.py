"""What a page takes from a file of the zoo: its prose, its mutant, and how the twin differs."""

import ast
import difflib
import inspect
import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Exhibit:
    """A file of the zoo, taken apart. Where there is no mutant, `broken` is "" and so is `mend`."""

    title: str
    story: str
    """The docstring without its title, where it was met, and how it is repaired."""
    seen: str
    repair: str
    broken: str
    """The source of the mutant, with its requests and without what only the twin needs."""
    healthy: str

    @property
    def mend(self) -> str:
        """The lines that change from the mutant to its twin, as a diff; both are called mutant."""
        after = self.healthy.replace("def healthy(", "def mutant(")
        lines = difflib.unified_diff(self.broken.splitlines(), after.splitlines(), n=2)
        shown = ["@@" if line.startswith("@@") else line for line in list(lines)[3:]]
        return "\n".join(line.rstrip() for line in shown).strip("\n") + "\n"


@cache
def exhibit(module: str) -> Exhibit:
    """The exhibit of a module of the zoo, by its name; nothing of it is imported."""
    text = (ROOT / (module.replace(".", "/") + ".py")).read_text("utf-8")
    tree = ast.parse(text)
    doc = inspect.cleandoc(ast.get_docstring(tree) or "")
    title, _, rest = doc.partition("\n")
    seen, repair = _labelled(rest, "Seen in"), _labelled(rest, "Repair")
    story = re.split(r"^(?:Seen in|Repair): ", rest, maxsplit=1, flags=re.MULTILINE)[0].strip()
    broken = _slice(tree, text, "mutant") if _defines(tree, "mutant") else ""
    return Exhibit(title.rstrip("."), story, seen, repair, broken, _slice(tree, text, "healthy"))


def group_name(group: str) -> str:
    return group.replace("_", " ")


def said_of_group(group: str) -> str:
    """What the zoo says of a whole group."""
    package = ROOT / "safety_tests" / "zoo" / group / "__init__.py"
    return ast.get_docstring(ast.parse(package.read_text("utf-8"))) or ""


def _labelled(text: str, label: str) -> str:
    """What stands behind `label:` up to the next label or paragraph, in one line; "" without."""
    found = re.search(rf"^{label}: (.+?)(?=\n\n|\n\w[\w ]+: |\Z)", text, re.MULTILINE | re.DOTALL)
    return " ".join(found[1].split()) if found else ""


def _defines(tree: ast.Module, name: str) -> bool:
    return any(name in _names(node) for node in tree.body)


def _names(node: ast.stmt) -> set[str]:
    """What a statement at the top of a module gives a name to."""
    if _imports(node):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {
        leaf.id for one in targets if one for leaf in ast.walk(one) if isinstance(leaf, ast.Name)
    }


def _slice(tree: ast.Module, text: str, wanted: str) -> str:
    """The statements that `wanted` needs, and the requests, byte for byte and in their order."""
    needed: set[str] = set()
    fresh = {wanted, "REQUESTS"}
    while fresh:
        needed |= fresh
        used = [
            leaf.id
            for node in tree.body
            if _names(node) & fresh
            for leaf in ast.walk(node)
            if isinstance(leaf, ast.Name)
        ]
        fresh = {name for node in tree.body for name in _names(node) if name in used} - needed
    kept = [node for node in tree.body if _names(node) & needed]
    parts = [_lines(node, text) for node in kept]
    for index, (before, node) in enumerate(pairwise(kept), start=1):
        if _imports(before) and not _imports(node):
            parts[index] = "\n" + parts[index].lstrip("\n")
    return "".join(parts).lstrip("\n")


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _lines(node: ast.stmt, text: str) -> str:
    """The lines of a statement, with the comments and the empty lines right above it."""
    lines = text.splitlines(keepends=True)
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    while lines[first - 1].startswith("#"):
        first -= 1
    while not lines[first - 1].strip():
        first -= 1
    return "".join(lines[first : node.end_lineno])
