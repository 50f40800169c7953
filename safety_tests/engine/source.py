"""The app's own source files: which they are, and what their text says about shared state."""

from __future__ import annotations

import ast
import hashlib
import io
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

CACHE_DECORATORS = frozenset({"lru_cache", "cache", "cached_property", "alru_cache", "cached"})

DISPLAYS = ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp

MUTATORS = frozenset(
    "append appendleft extend insert remove pop popleft popitem clear sort reverse update add"
    " discard setdefault put put_nowait get_nowait fit partial_fit set_params seed fill".split()
)
"""Methods that change what they are called on, by name; only explanations rely on this."""

STANDARD_LIBRARY = str(Path(ast.__file__).resolve().parent)

ENVIRONMENT_DIRS = frozenset({"site-packages", "dist-packages", ".venv", "venv", ".tox", ".nox"})


@dataclass
class FileFacts:
    """What one source file says about its names; built once from its syntax tree."""

    lines: list[str] = field(default_factory=list)
    calls: dict[tuple[int, int], ast.Call] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    returns_a_call: set[str] = field(default_factory=set)
    variables: set[str] = field(default_factory=set)
    """Module-level names that hold data: assigned, not imported or defined."""
    rebound: set[str] = field(default_factory=set)
    """Names that are declared global, or assigned as attributes (of a module, it may be)."""
    builders: dict[int, str] = field(default_factory=dict)
    """First line of the body of each cached function: `name()`, or `name(...)` with arguments."""
    stores: dict[int, list[ast.expr]] = field(default_factory=dict)
    """Lines that store what was built where others may find it, with the targets: the result of a
    call, or what a function has made of one."""
    _steps: set[ast.AST] = field(default_factory=set)
    """Assignments that end the building of something in several steps."""
    seeds: bool = False
    """The file seeds a random generator: its numbers are meant to be the same each time."""
    mentions: dict[int, list[ast.expr]] = field(default_factory=dict)
    """By line, every name, attribute, item and call of the statement that it belongs to."""
    around: dict[ast.expr, ast.expr] = field(default_factory=dict)
    """By expression, the one around it, where that reads an attribute or an item of it."""
    accesses: dict[int, list[tuple[bool, ast.expr]]] = field(default_factory=dict)
    """(writes, expression) of each attribute, item or module variable touched on a line."""

    @classmethod
    def of(cls, source: str) -> FileFacts:
        # Lines as Python counts them: `splitlines` also splits at form feeds.
        facts = cls(lines=list(map(str.rstrip, io.StringIO(source, newline=None))))
        tree = ast.parse(source)
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                facts.variables |= set(node.names)
                facts.rebound |= set(node.names)
            elif isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                facts.rebound.add(node.attr)
        for statement in tree.body:
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                facts.variables |= _stored_names(statement)
        for node in ast.walk(tree):
            facts._note(node)
            if isinstance(node, ast.stmt):
                facts._note_mentions(node)
        return facts

    def _note_mentions(self, statement: ast.stmt) -> None:
        """A statement of several lines may touch, on each of them, what it mentions on any."""
        parts = list(_own_parts(statement))
        nodes = [
            node
            for part in parts
            for node in ast.walk(part)
            if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
        ]
        for node in nodes:
            if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Load):
                self.around[node.value] = node
        last = max([statement.lineno, *(part.end_lineno or 0 for part in parts)])
        for line in range(statement.lineno, last + 1):
            self.mentions.setdefault(line, []).extend(nodes)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Call):
            self.calls[node.end_lineno or 0, node.end_col_offset or 0] = node
            self.seeds |= _last_name(node) == "seed"
            if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
                self._touch(True, node.func.value)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._note_function(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            self._note_store(node)
        elif isinstance(node, ast.Attribute | ast.Subscript | ast.Name):
            self._touch(not isinstance(node.ctx, ast.Load), node)

    def _note_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.functions.add(node.name)
        if any(isinstance(part, ast.Call) for part in _returned(node)):
            self.returns_a_call.add(node.name)
        if CACHE_DECORATORS & {_last_name(decorator) for decorator in node.decorator_list}:
            body = node.body[1:] if ast.get_docstring(node) and node.body[1:] else node.body
            arguments = [one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)]
            takes = "" if set(arguments) <= {"self", "cls"} else "..."
            self.builders[body[0].lineno] = f"{node.name}({takes})"
        self._steps |= set(_last_steps(node))

    def _note_store(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if isinstance(node, ast.AugAssign):
            self._touch(False, node.target)
        if node.value is None or not (_calls(node.value) or node in self._steps):
            return
        for target in targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            shared = [part for part in parts if self._may_be_shared(part)]
            if shared:
                self.stores.setdefault(node.lineno, []).extend(shared)

    def _may_be_shared(self, target: ast.expr) -> bool:
        if isinstance(target, ast.Name):
            return target.id in self.variables
        return isinstance(target, ast.Attribute | ast.Subscript)

    def _touch(self, write: bool, node: ast.expr) -> None:
        if isinstance(node, ast.Name) and node.id not in self.variables:
            return
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript):
            self.accesses.setdefault(node.lineno, []).append((write, node))


def _calls(value: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(value))


def _last_steps(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """Assignments of a variable that holds the result of a call, and of a list, dictionary or set
    made of such variables or after something was awaited."""
    nodes = list(ast.walk(function))
    assigned = [
        (node, node.value)
        for node in nodes
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
    ]
    made = set().union(*(_stored_names(node) for node, value in assigned if _calls(value)))
    awaited = min((node.lineno for node in nodes if isinstance(node, ast.Await)), default=None)
    for node, value in assigned:
        uses_made = any(isinstance(part, ast.Name) and part.id in made for part in ast.walk(value))
        late = awaited is not None and awaited < node.lineno
        is_display = isinstance(value, DISPLAYS)
        if (is_display and late) or (uses_made and (is_display or isinstance(value, ast.Name))):
            yield node


def _own_parts(statement: ast.stmt) -> Iterator[ast.expr]:
    """The expressions of a statement itself, without the statements inside it."""
    for child in ast.iter_child_nodes(statement):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.withitem):
            yield child.context_expr
            if child.optional_vars is not None:
                yield child.optional_vars
        elif isinstance(child, ast.ExceptHandler) and child.type is not None:
            yield child.type
        elif isinstance(child, ast.match_case):
            yield from (node for node in ast.walk(child.pattern) if isinstance(node, ast.expr))
            if child.guard is not None:
                yield child.guard


def _stored_names(statement: ast.stmt) -> set[str]:
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return | ast.Yield) and node.value is not None:
            yield from ast.walk(node.value)


class Sources:
    """The files whose lines are preemption points: the project's own, and libraries named.

    `root` is the folder from which the target is imported; with `package` only that package (an
    installed app shares its folder with everybody else's). Environments below it, the standard
    library and the gate's own engine are nobody's own code, whatever the root is.
    """

    def __init__(
        self, root: Path, package: str | None = None, traced: tuple[str, ...] = ()
    ) -> None:
        self.root = root.resolve()
        self._root = str(self.root)
        self._package = package
        self._traced = traced
        self._names: dict[str, str | None] = {}
        self._folders: dict[str, str] = {}
        self._facts: dict[str, FileFacts] = {}
        self._gate = str(Path(__file__).resolve().parent.parent)

    def name(self, filename: str) -> str | None:
        """The name of an own file relative to the root, with forward slashes; None for others."""
        try:
            return self._names[filename]
        except KeyError:
            name = self._names[filename] = self._name(filename)
            return name

    def _name(self, filename: str) -> str | None:
        if filename.startswith("<") or not filename.endswith(".py"):
            return None
        path = self._resolved(filename)
        for module_name in self._traced:
            if _belongs(Path(path), sys.modules.get(module_name)):
                return f"{module_name}:{os.path.basename(path)}"
        if not _below(path, self._root):
            return None
        if _below(path, self._gate) and not _below(path, os.path.join(self._gate, "zoo")):
            return None
        relative = Path(path).relative_to(self.root)
        if self._package is not None:
            belongs = relative.parts[0] in (self._package, f"{self._package}.py")
            return relative.as_posix() if belongs else None
        if ENVIRONMENT_DIRS & set(relative.parts) or _below(path, STANDARD_LIBRARY):
            return None
        return relative.as_posix()

    def _resolved(self, filename: str) -> str:
        """Without symbolic links. Most files share their folder with others, so these are kept."""
        if os.path.islink(filename):
            return os.path.realpath(filename)
        folder, name = os.path.split(filename)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder)
        return os.path.join(self._folders[folder], name)

    def facts(self, filename: str) -> FileFacts:
        """The facts of an own file; empty where its text cannot be read or parsed."""
        name = self.name(filename) or filename
        if name not in self._facts:
            try:
                self._facts[name] = FileFacts.of(Path(filename).read_text("utf-8"))
            except (OSError, SyntaxError, ValueError, RecursionError):
                self._facts[name] = FileFacts()
        return self._facts[name]

    def known(self) -> dict[str, FileFacts]:
        """The facts of every own file that was loaded so far, by name."""
        return dict(self._facts)

    def digest(self) -> str:
        """A fingerprint of the text of all own files loaded so far, for tokens."""
        sums = hashlib.sha256()
        for name, facts in sorted(self._facts.items()):
            sums.update(name.encode() + b"\0" + "\n".join(facts.lines).encode() + b"\0")
        return sums.hexdigest()[:12]


def _below(path: str, folder: str) -> bool:
    """Is a path in a folder, or in one of its? Both without links; hundreds are asked for."""
    return path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def _belongs(path: Path, module: ModuleType | None) -> bool:
    file = getattr(module, "__file__", None)
    if not file:
        return False
    origin = Path(file).resolve()
    if origin.name == "__init__.py":
        return path.is_relative_to(origin.parent)
    return path == origin
