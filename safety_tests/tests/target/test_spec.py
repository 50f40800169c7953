"""An app is named as module:attribute, or it is an object that can be found by that name."""

from pathlib import Path
from typing import Any

import pytest

from safety_tests.errors import UsageError
from safety_tests.target.spec import checked, checked_dir, target_name


async def plain_app(scope: Any, receive: Any, send: Any) -> None: ...


class Service:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


service = Service()


def create_app() -> Service:
    return Service()


@pytest.mark.parametrize("name", ["main:app", "a.b.c:create_app", "a:b.c", "modül:äpp"])
def test_a_name_is_taken_as_it_is(name: str) -> None:
    assert target_name(name) == checked(name) == name


def test_a_factory_may_be_written_as_a_call() -> None:
    assert target_name("shop.main:create_app()") == "shop.main:create_app"


@pytest.mark.parametrize(
    "name",
    ["", "main", "main:", ":app", "main.py", "main:app(1)", "main()", "main app:app",
     "main:app:x", "a..b:c", "main:1app", "../main:app",
     "a-b:app", ".main:app", "main:app ", "main\n:app"],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_the_form(name: str) -> None:
    with pytest.raises(UsageError, match="expected an app as module:attribute") as caught:
        checked(name)
    assert repr(name) in str(caught.value)
    assert "main:create_app" in str(caught.value)


@pytest.mark.parametrize("name", ["main.py", "main.py:app"])
def test_a_file_is_told_to_be_named_as_a_module(name: str) -> None:
    with pytest.raises(UsageError, match="that is a file; name the module"):
        checked(name)


def test_a_function_or_factory_is_found_by_its_own_name() -> None:
    assert target_name(plain_app) == f"{__name__}:plain_app"
    assert target_name(create_app) == f"{__name__}:create_app"


def test_an_object_is_found_by_the_attribute_that_holds_it() -> None:
    assert target_name(service) == f"{__name__}:service"


def test_an_object_that_no_module_holds_is_refused() -> None:
    def inner() -> Service:
        return Service()

    for target in (Service(), inner, lambda: None):
        with pytest.raises(UsageError, match="expected an app that can be imported, got"):
            target_name(target)


def test_a_folder_must_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert checked_dir(str(tmp_path)) == tmp_path.resolve()
    for wrong in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(UsageError, match="--app-dir must be a folder"):
            checked_dir(wrong)
