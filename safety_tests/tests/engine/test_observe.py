"""In detail: what each line touched and what was built, found out without running anything."""

from safety_tests.engine.real import has_gil
from safety_tests.history import History
from safety_tests.schedule import Point, Preemption, Schedule
from safety_tests.tests.engine.conftest import Serve

MODEL = """
class Model:
    scale = 1
    ran = 0

    def __init__(self):
        self.rows = [1]

    @property
    def size(self):
        Model.ran += 1
        return len(self.rows)

    def predict(self):
        self.rows = [2, 3]
        local = self.rows
        local.append(4)
        return self.size + local[0]

model = Model()
table = {"a": 1}
total = 0

@app.get
def work():
    global total
    total = 7
    table["a"] = 2
    seen = table["a"]
    answer = model.predict()
    return [answer, Model.ran, seen]

built = None

@app.get
def build():
    global built
    built = Model()
    table["model"] = dict()
    local = Model()
    table["n"] = int(5)
    return 0
"""

GIL = has_gil()


def line(text: str) -> int:
    return next(n for n, found in enumerate(MODEL.splitlines(), 3) if found.strip() == text)


def test_each_line_tells_what_it_reads_and_writes(serve: Serve) -> None:
    history = serve(MODEL).run("work", detail=True)
    assert history.answers[0].body == b"[5, 1, 2]"  # the property ran once, by the app
    touched = {
        step.line: {(access.write, access.what) for access in step.accesses}
        for step in history.steps
        if not step.sub
    }
    assert touched[line("self.rows = [2, 3]")] == {(True, "Model.rows")}
    assert touched[line("local = self.rows")] == {(False, "Model.rows")}
    assert touched[line("total = 7")] == {(True, "total")}
    # An item goes by the name of what holds it, which is not read for being changed.
    assert touched[line('table["a"] = 2')] == {(True, "table")}
    assert touched[line('seen = table["a"]')] == {(False, "table")}


def test_values_are_those_before_the_line(serve: Serve) -> None:
    history = serve(MODEL).run("work", "work", detail=True)
    values = [
        access.value
        for step in history.steps
        for access in step.accesses
        if step.line == line("self.rows = [2, 3]") and access.what == "Model.rows"
    ]
    assert values == ["[1]", "[2, 3, 4]"]


def test_what_is_stored_where_others_find_it_counts_as_built(serve: Serve) -> None:
    history = serve(MODEL).run("build", "build", detail=True)
    kinds = [(one.line, one.kind) for one in history.builds]
    expected = [(line("built = Model()"), "Model"), (line('table["model"] = dict()'), "dict")]
    assert kinds == expected * 2
    # Numbers are their value: made twice they are no second thing. Each other is a new one.
    assert len({one.identity for one in history.builds}) == 4


def test_what_a_cached_function_returns_counts_as_built(serve: Serve) -> None:
    app = serve("""
        import functools

        @functools.lru_cache
        def load():
            return object()

        @app.get
        def work():
            load()
            return 0
    """)
    assert [one[:3] for one in app.run("work", "work", detail=True).builds] == [
        ("app.py", 8, "object")
    ]
    app.run("work", "work")
    twice = [s.schedule for s in app.explore("work", "work", preemptions=1)]
    builds = [app.run("work", "work", scheduler=one, detail=True).builds for one in twice]
    # `lru_cache` holds no lock while it calls: one preemption inside gives two objects.
    assert sorted({len(found) for found in builds}) == [1, 2]


def test_nothing_is_noted_without_being_asked_for(serve: Serve) -> None:
    history = serve(MODEL).run("build", "build")
    assert (history.steps, history.builds) == ((), ())


COUNTER = """
class Counter:
    n = 0

counter = Counter()
seen = []

def pause():
    return 0

@app.get
def thread():
    counter.n = int(counter.n) + 1
    return counter.n

async def later(value):
    await asyncio.sleep(0.01)
    return value

@app.get
async def suspended():
    counter.n = counter.n + await later(1)
    return counter.n

async def grow():
    seen.extend([await later(1)])

@app.get
async def growing():
    await grow()
    return len(seen)

@app.get
async def atomic():
    counter.n = counter.n + 1
    return counter.n

@app.get
def append():
    seen.append(len(seen))
    return seen[0]
"""

Told = list[tuple[int, int, list[tuple[str, str, str]]]]


def told(history: History) -> Told:
    """(task, line, accesses) of each step that touches something: r or w, before, after."""
    return [
        (
            step.task,
            step.line,
            [
                ("w" if one.write else "r", one.value, one.after)
                for one in step.accesses
                if one.what != "counter"
            ],
        )
        for step in history.steps
        if step.accesses
    ]


def number(source: str, text: str) -> int:
    return next(n for n, found in enumerate(source.splitlines(), 3) if found.strip() == text)


def test_a_write_has_its_value_before_and_after(serve: Serve) -> None:
    at = number(COUNTER, "counter.n = counter.n + 1")
    first, second = serve(COUNTER).run("atomic", "atomic", detail=True), at + 1
    assert told(first) == [
        (0, at, [("r", "0", ""), ("w", "0", "1")]),
        (0, second, [("r", "1", "")]),
        (1, at, [("r", "1", ""), ("w", "1", "2")]),
        (1, second, [("r", "2", "")]),
    ]


def test_a_change_in_place_has_its_value_before_and_after(serve: Serve) -> None:
    at = number(COUNTER, "seen.append(len(seen))")
    changes = [
        (before, after)
        for _, line, touches in told(serve(COUNTER).run("append", "append", detail=True))
        for kind, before, after in touches
        if line == at and kind == "w"
    ]
    assert changes == [("[]", "[0]"), ("[0]", "[0, 1]")]


def test_a_line_that_is_interrupted_stores_where_it_goes_on(serve: Serve) -> None:
    at = number(COUNTER, "counter.n = int(counter.n) + 1")
    torn = Schedule((Preemption(0, Point("app.py", at, 1, 1), 1),))
    seen = told(serve(COUNTER).run("thread", "thread", scheduler=torn, detail=True))
    whole = (1, at, [("r", "0", ""), ("w", "0", "1")])
    if GIL:
        parts = [(0, at, [("r", "0", "")]), whole, (0, at, [("w", "1", "1")])]
    else:
        # The first handover inside the line stands before the number is read.
        parts = [whole, (0, at, [("r", "1", ""), ("w", "1", "2")])]
    assert [one for one in seen if one[1] == at and one[2]] == parts


def test_a_line_that_waits_for_others_stores_where_it_goes_on(serve: Serve) -> None:
    at = number(COUNTER, "counter.n = counter.n + await later(1)")
    history = serve(COUNTER).run("suspended", "suspended", detail=True)
    assert [answer.body for answer in history.answers] == [b"1", b"1"]
    assert [one for one in told(history) if one[1] == at] == [
        (0, at, [("r", "0", "")]),
        (1, at, [("r", "0", "")]),
        (0, at, [("w", "0", "1")]),
        (1, at, [("w", "1", "1")]),
    ]


def test_a_change_in_place_that_waits_for_others_is_made_where_it_goes_on(serve: Serve) -> None:
    at = number(COUNTER, "seen.extend([await later(1)])")
    history = serve(COUNTER).run("growing", "growing", detail=True)
    assert [answer.body for answer in history.answers] == [b"1", b"2"]
    assert [one for one in told(history) if one[1] == at] == [
        (0, at, [("w", "[]", "[1]")]),
        (1, at, [("w", "[1]", "[1, 1]")]),
    ]


def test_values_hold_no_addresses_and_are_the_same_in_another_process(serve: Serve) -> None:
    seen = [told(serve(MODEL).run("build", "build", detail=True)) for _ in range(2)]
    assert seen[0] == seen[1]
    assert "<Model #1>" in repr(seen)
    assert "0x" not in repr(seen)


def test_no_code_of_the_app_runs_for_the_sake_of_a_value(serve: Serve) -> None:
    history = serve("""
        class Loud:
            ran = 0
            def __repr__(self):
                Loud.ran += 1
                return "loud"
            __len__ = __str__ = __hash__ = __eq__ = __repr__

        current = [Loud()]

        @app.get
        def work():
            global current
            current = [Loud(), *current]
            return Loud.ran
    """).run("work", "work", detail=True)
    assert [answer.body for answer in history.answers] == [b"0", b"0"]
    assert "[<Loud #2>, <Loud #1>]" in repr(told(history))
