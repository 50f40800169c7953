"""What the text of a file says: its calls, its shared names, its builders, its accesses."""

import ast
import sys
from pathlib import Path

import pytest

from safety_tests.engine.source import FileFacts, Sources

TEXT = '''
import functools
import json as reader

THRESHOLD = 3
first, (second, *rest) = 1, (2, 3)
box: dict = {}
counter = 0

@functools.lru_cache(maxsize=None)
def load(path):
    """Loaded once."""
    return open(path)

@functools.cache
def plain():
    return 5

def bump():
    global counter, hidden
    counter += 1
    hidden = make()

class Model:
    scale = 1

    def fit(self, rows):
        self.rows = list(rows)
        self.rows[0], local = pair()
        box["model"] = load(1)
        local = load(2)
        self.scale += 1
        self.rows.append(4)
        return self.rows
'''


def facts() -> FileFacts:
    return FileFacts.of(TEXT)


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), 1) if text in line)


def test_variables_are_the_names_that_hold_data() -> None:
    assert facts().variables == {
        "THRESHOLD", "first", "second", "rest", "box", "counter", "hidden"
    }  # fmt: skip


def test_functions_and_those_that_return_a_call_are_told_apart() -> None:
    assert facts().functions == {"load", "plain", "bump", "fit"}
    assert facts().returns_a_call == {"load"}


def test_builders_are_cached_functions_by_the_first_line_after_the_docstring() -> None:
    assert {line: name.partition("(")[0] for line, name in facts().builders.items()} == {
        line_of("return open"): "load", line_of("return 5"): "plain"
    }  # fmt: skip


def test_stores_are_lines_that_keep_a_result_where_others_find_it() -> None:
    found = {line: [ast.unparse(t) for t in targets] for line, targets in facts().stores.items()}
    assert found == {
        line_of("hidden = make"): ["hidden"],
        line_of("self.rows = list"): ["self.rows"],
        line_of("self.rows[0]"): ["self.rows[0]"],
        line_of('box["model"]'): ["box['model']"],
    }


def test_accesses_are_reads_and_writes_of_what_may_be_shared() -> None:
    def at(text: str) -> set[tuple[bool, str]]:
        found = facts().accesses.get(line_of(text), [])
        return {(write, ast.unparse(node)) for write, node in found}

    assert at("counter += 1") == {(False, "counter"), (True, "counter")}
    assert at("self.scale += 1") == {(False, "self.scale"), (True, "self.scale")}
    assert at("self.rows.append(4)") >= {(True, "self.rows"), (False, "self.rows")}
    assert at("local = load(2)") == set()


def test_a_file_that_seeds_a_generator_is_known() -> None:
    assert FileFacts.of("import random\nrandom.seed(3)").seeds
    assert not FileFacts.of("seed = 3").seeds


def test_calls_are_found_by_where_they_end() -> None:
    found = FileFacts.of("f(\n  g(1),\n)\n").calls
    assert {place: ast.unparse(call) for place, call in found.items()} == {
        (3, 1): "f(g(1))", (2, 6): "g(1)"
    }  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("app.py", "pkg/__init__.py", "pkg/deep/a.py", ".venv/lib/b.py", "tool.pyx"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    return tmp_path


def test_own_files_are_named_relative_to_the_root(project: Path) -> None:
    sources = Sources(project)
    assert sources.name(str(project / "app.py")) == "app.py"
    assert sources.name(str(project / "pkg" / "deep" / "a.py")) == "pkg/deep/a.py"


@pytest.mark.parametrize("name", [".venv/lib/b.py", "tool.pyx", "../elsewhere.py"])
def test_environments_other_folders_and_other_files_are_nobodys(project: Path, name: str) -> None:
    assert Sources(project).name(str(project / name)) is None


def test_generated_code_the_library_and_the_gate_are_nobodys() -> None:
    sources = Sources(Path("/"))
    assert sources.name("<string>") is None
    assert sources.name("<frozen importlib._bootstrap>") is None
    assert sources.name(ast.__file__) is None
    assert sources.name(sys.modules["safety_tests.engine.source"].__file__ or "") is None


def test_with_a_package_only_that_package_is_own(project: Path) -> None:
    sources = Sources(project, "pkg")
    assert sources.name(str(project / "pkg" / "deep" / "a.py")) == "pkg/deep/a.py"
    assert sources.name(str(project / "app.py")) is None


def test_the_gate_is_nobodys_where_it_is_installed_beside_its_own_zoo() -> None:
    gate = Path(sys.modules["safety_tests.engine.source"].__file__ or "").parents[1]
    sources = Sources(gate.parent, "safety_tests")
    assert sources.name(str(gate / "zoo" / "__init__.py")) == "safety_tests/zoo/__init__.py"
    assert sources.name(str(gate / "engine" / "execution.py")) is None


def test_a_library_that_is_named_is_traced(project: Path) -> None:
    sources = Sources(project, traced=("json",))
    import json.decoder

    assert sources.name(json.decoder.__file__) == "json:decoder.py"
    assert sources.name(ast.__file__) is None


def test_a_file_that_cannot_be_read_or_parsed_says_nothing(project: Path) -> None:
    sources = Sources(project)
    (project / "broken.py").write_text("def (:\n")
    (project / "bytes.py").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.py", "broken.py", "bytes.py"):
        assert sources.facts(str(project / name)) == FileFacts()


def test_the_digest_follows_the_text_of_the_files_that_were_loaded(project: Path) -> None:
    def digest(*names: str) -> str:
        sources = Sources(project)
        for name in names:
            sources.facts(str(project / name))
        return sources.digest()

    before = digest("app.py", "pkg/deep/a.py")
    assert digest("pkg/deep/a.py", "app.py") == before
    assert digest("app.py") != before
    (project / "app.py").write_text("x = 2\n")
    assert digest("app.py", "pkg/deep/a.py") != before
    assert len(before) == 12


def test_lines_are_counted_as_python_counts_them() -> None:
    facts = FileFacts.of("first = 1\r\n\x0c\nthird = 'a\u2028b'\nfourth = 4\n")
    assert facts.lines[2:] == ["third = 'a\u2028b'", "fourth = 4"]
