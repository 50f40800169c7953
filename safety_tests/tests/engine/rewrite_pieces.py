"""Modules of a few lines, each with a `work()` that goes through one part of the language."""

PIECES = {
    "branches and loops": """
        def work():
            total = 0
            for number in range(4):
                if number % 2:
                    continue
                total += (
                    number *
                    number
                )
            else:
                total += 1
            while total: total -= 1
            while True:
                total += 1
                if total > 3: break
            return "even" if total % 2 else (
                "odd"
            )
    """,
    "lines within a call": """
        def work():
            def helper(*a, first=0, **b):
                return a, first, b
            return helper(
                1, 2,
                first=max(
                    3,
                    4,
                    key=lambda n: n,
                ),
                **dict(
                    second=5
                ),
            )
    """,
    "exceptions": """
        def fail(kind):
            raise kind("x")
        def one(kind):
            try:
                try: fail(kind)
                except KeyError as error: return repr(error)
                except (ValueError, TypeError):
                    raise RuntimeError from None
                finally:
                    seen.append(kind)
            except RuntimeError:
                return "again"
        seen = []
        def work():
            return [one(kind) for kind in (KeyError, ValueError, TypeError)], seen
    """,
    "groups of exceptions": """
        def work():
            found = []
            try:
                raise ExceptionGroup("g", [KeyError(1), OSError(2)])
            except* KeyError as group:
                found.append(len(group.exceptions))
            except* OSError:
                found.append(2)
            return found
    """,
    "generators": """
        def numbers(stop):
            try:
                for number in range(stop):
                    got = yield number
                    if got: yield got
            except ValueError:
                yield -1
            finally:
                seen.append(stop)
            return stop
        def chained():
            result = yield from numbers(3)
            yield (
                result
            )
        seen = []
        def work():
            found = list(chained())
            one = numbers(5)
            found += [next(one), one.send(7), one.throw(ValueError)]
            outer = chained()
            found += [next(outer), outer.throw(ValueError)]
            outer.close()
            return found, seen, sum(n for n in numbers(2))
    """,
    "coroutines": """
        import asyncio, contextlib
        @contextlib.asynccontextmanager
        async def opened(name):
            seen.append(name)
            try:
                yield name
            finally:
                await asyncio.sleep(0)
                seen.append(-name)
        async def counted(stop):
            for number in range(stop):
                await asyncio.sleep(0)
                yield number
        async def slow():
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise
        async def main():
            async with opened(1) as a, opened(2):
                if (n := await asyncio.sleep(0, result=3)) > 2: seen.append(n)
            total = [b async for b in counted(2)]
            async for number in counted(3):
                total.append(number)
            task = asyncio.ensure_future(slow())
            await asyncio.sleep(0)
            task.cancel()
            done = await asyncio.gather(
                task,
                return_exceptions=True,
            )
            return total, len(done), a
        seen = []
        def work():
            return asyncio.run(main()), seen
    """,
    "managers": """
        import contextlib
        @contextlib.contextmanager
        def swallow(kind):
            "Swallows it."
            try: yield kind
            except kind: seen.append(kind)
        seen = []
        def work():
            with swallow(KeyError), swallow(ValueError) as b:
                raise KeyError
            for n in range(2):
                with swallow(ValueError): raise ValueError
            with (
                swallow(KeyError) as c,
            ):
                return b, c, seen
    """,
    "functions in functions": """
        import functools
        def twice(function):
            @functools.wraps(function)
            def both(*args, **kwargs): return function(*args, **kwargs), function(*args, **kwargs)
            return both
        class Kind:
            scale = 3
            def __init__(self, n=lambda: 2):
                super().__init__()
                self.n = n()
            @property
            def size(self): return self.n * self.scale
            @twice
            def grow(
                self,
                by=1,
            ):
                nonlocal_ = 0
                def inner():
                    nonlocal nonlocal_
                    nonlocal_ += by
                    return nonlocal_
                self.n += inner()
                return self.n
        def work():
            kind = Kind()
            return kind.size, kind.grow(by=2), sorted([3, 1], key=lambda n: -n)
    """,
    "matches": """
        def one(thing):
            match thing:
                case {"a": a, **rest} if rest:
                    return a
                case [1, *others] | (2, *others):
                    return others
                case str(): return "text"
                case _:
                    pass
            assert thing, "nothing"
            return f"{thing!r:>{5}}"
        def work():
            return [one(t) for t in ({"a": 1, "b": 2}, [1, 2], (2, 3), "x", 7, {"a": 1})]
    """,
    "far jumps": "def work():\n    t = 0\n    for n in range(3):\n"
    + "        if n == 1:\n            continue\n"
    + "        t = max(t + n, n, key=lambda v: v)\n" * 300
    + "    return t\n",
}  # fmt: skip
