"""asyncio's own primitives block tasks, and no order of the callbacks breaks them."""

import pytest

from safety_tests.tests.engine.conftest import Serve

COUNT = """
count = 0

async def add():
    global count
    seen = count
    await asyncio.sleep(0)
    count = seen + 1
    return seen
"""


@pytest.mark.parametrize("guard", ["Lock()", "Semaphore(1)", "BoundedSemaphore(1)", "Condition()"])
def test_what_is_guarded_is_done_by_one_at_a_time(serve: Serve, guard: str) -> None:
    app = serve(
        COUNT
        + f"""
guard = asyncio.{guard}

@app.get
async def work():
    async with guard:
        return await add()

@app.get
async def bare():
    return await add()
"""
    )
    # Nobody overtakes task 0, which takes the guard before it is first suspended.
    assert app.outcomes("work", "work", preemptions=2) == {(0, 1)}
    assert app.outcomes("work", "work", "work", preemptions=1) == {(0, 1, 2), (0, 2, 1)}
    assert (0, 0) in app.outcomes("bare", "bare", preemptions=1)


def test_an_event_a_queue_and_a_condition_hand_over(serve: Serve) -> None:
    app = serve("""
        @app.get
        async def work():
            ready, box, order = asyncio.Event(), asyncio.Queue(1), []

            async def consume():
                await ready.wait()
                for _ in range(3):
                    order.append(await box.get())
                    box.task_done()

            async def produce():
                ready.set()
                for number in range(3):
                    await box.put(number)
                await box.join()

            await asyncio.gather(consume(), produce())
            return order

        @app.get
        async def other():
            await asyncio.sleep(0)
            return 0
    """)
    found = app.outcomes("work", "other", preemptions=2)
    assert found == {((0, 1, 2), 0)}


def test_gather_groups_and_shields_keep_their_promises(serve: Serve) -> None:
    app = serve("""
        async def number(n):
            await asyncio.sleep(n)
            return n

        @app.get
        async def gather():
            return await asyncio.gather(number(3), number(1), number(2))

        @app.get
        async def group():
            async with asyncio.TaskGroup() as tasks:
                made = [tasks.create_task(number(n)) for n in (3, 1, 2)]
            return [task.result() for task in made]

        @app.get
        async def first():
            tasks = [asyncio.create_task(number(n)) for n in (3, 1, 2)]
            done, rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            return sorted(task.result() for task in done)[0]

        @app.get
        async def completed():
            return [await one for one in asyncio.as_completed([number(2), number(1)])]

        @app.get
        async def late():
            kept = asyncio.create_task(number(5))
            try:
                await asyncio.wait_for(asyncio.shield(kept), 1)
            except TimeoutError:
                return await kept
    """)
    assert app.outcomes("gather", "group", preemptions=1) == {((3, 1, 2), (3, 1, 2))}
    assert app.values("first", "completed", "late") == (1, (1, 2), 5)


def test_callbacks_of_one_task_keep_their_order(serve: Serve) -> None:
    app = serve("""
        @app.get
        async def work():
            order, done = [], asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in range(4):
                loop.call_soon(order.append, number)
            loop.call_soon(done.set)
            await done.wait()
            return order

        @app.get
        async def other():
            for _ in range(2):
                await asyncio.sleep(0)
    """)
    assert app.outcomes("work", "other", preemptions=2) == {((0, 1, 2, 3), None)}


def test_a_job_calls_back_into_the_loop(serve: Serve) -> None:
    app = serve("""
        @app.get
        async def work():
            loop, done = asyncio.get_running_loop(), asyncio.Event()

            async def inner():
                await asyncio.sleep(1)
                return 5

            def job():
                loop.call_soon_threadsafe(done.set)
                return asyncio.run_coroutine_threadsafe(inner(), loop).result()

            value = await asyncio.to_thread(job)
            await done.wait()
            return value
    """)
    assert app.outcomes("work", "work", preemptions=1) == {(5, 5)}


def test_a_context_variable_is_that_of_its_request(serve: Serve) -> None:
    app = serve("""
        import contextvars

        current = contextvars.ContextVar("current")

        @app.get
        async def one():
            current.set(1)
            await asyncio.sleep(0)
            return current.get(), await asyncio.to_thread(current.get)

        @app.get
        async def two():
            current.set(2)
            await asyncio.sleep(0)
            return current.get(), await asyncio.to_thread(current.get)
    """)
    assert app.outcomes("one", "two", preemptions=2) == {((1, 1), (2, 2))}


def test_real_input_and_output_is_waited_for(serve: Serve) -> None:
    app = serve("""
        async def echo(reader, writer):
            writer.write((await reader.readline()).upper())
            await writer.drain()
            writer.close()

        @app.get
        async def work():
            server = await asyncio.start_server(echo, "127.0.0.1", 0)
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"hello\\n")
            answer = (await reader.readline()).decode().strip()
            writer.close()
            server.close()
            return answer

        @app.get
        async def child():
            process = await asyncio.create_subprocess_exec(
                "echo", "hello", stdout=asyncio.subprocess.PIPE
            )
            found, _ = await process.communicate()
            return found.decode().strip()
    """)
    assert app.values("work") == ("HELLO",)
    assert app.values("child") == ("hello",)


def test_timers_that_were_cancelled_do_not_pile_up(serve: Serve) -> None:
    app = serve("""
        @app.get
        async def work():
            await asyncio.wait_for(asyncio.sleep(0), timeout=60)
            return len(asyncio.get_running_loop()._scheduled)
        """)
    for _ in range(3):
        assert app.outcomes("work", "work", preemptions=0) == {(0, 0)}
