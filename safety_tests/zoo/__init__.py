"""Services that break one promise each, their repaired twins, and right ones that look broken.

Every file is `zoo/<group>/<hazard>.py` and offers `REQUESTS`, `healthy()` and, outside of the
group `right`, `CODES` and `mutant()`; `MISSED` says why, where no check can find the mutant. The
catalogue below reads the sources and imports none of
them, so that listing the hazards costs nothing and leaves no state behind.
"""

import ast
import importlib.util
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Hazard:
    """One file of the zoo: what it is called, where it is, and which checks must catch it."""

    name: str
    group: str
    module: str
    codes: tuple[str, ...]
    title: str
    twin: bool
    """Whether the file holds a mutant beside `healthy()`; false in the group `right`."""
    missed: str
    """Why the checks that should find the mutant cannot; empty where they do."""

    @property
    def page(self) -> str:
        return f"docs/hazards/{self.group}/{self.name}.md"


def hazards() -> list[Hazard]:
    """Every hazard of the zoo, by group and name."""
    return [_read(module) for module in sorted(_modules())]


def _modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        if not module.ispkg:
            yield module.name


def _read(module: str) -> Hazard:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ImportError(f"{module} is part of the zoo, but its source cannot be read")
    # Not through its loader: that may be pytest's, which keeps the source to itself.
    source = Path(spec.origin).read_text("utf-8")
    tree = ast.parse(source)
    title = (ast.get_docstring(tree) or "").partition("\n")[0]
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    group, name = module.split(".")[-2:]
    codes, missed = tuple(_constant(tree, "CODES", ())), str(_constant(tree, "MISSED", ""))
    return Hazard(name, group, module, codes, title, "mutant" in functions, missed)


def _constant(tree: ast.Module, name: str, default: Any) -> Any:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return ast.literal_eval(node.value)
    return default
