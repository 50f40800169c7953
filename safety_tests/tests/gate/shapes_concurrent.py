"""Services that start threads, tasks or streams of their own; see `shapes` for what they share."""

CONCURRENT = {
    "a background task": """
        app = FastAPI()

        def clean(mine):
            mine.put(0.0)

        @app.get("/")
        def predict(x: float, after: BackgroundTasks):
            mine = holder()
            mine.put(x)
            after.add_task(clean, mine)
            return mine.score()
    """,
    "run_in_threadpool": """
        app = FastAPI()

        @app.get("/")
        async def predict(x: float):
            mine = holder()
            mine.put(x)
            return await run_in_threadpool(mine.score)
    """,
    "asyncio.to_thread": """
        app = FastAPI()

        @app.get("/")
        async def predict(x: float):
            mine = holder()
            mine.put(x)
            return await asyncio.to_thread(mine.score)
    """,
    "an executor of the app's own": """
        pool = ThreadPoolExecutor(2)
        app = FastAPI()

        def work(x):
            mine = holder()
            mine.put(x)
            return mine.score()

        @app.get("/")
        async def predict(x: float):
            return await asyncio.get_running_loop().run_in_executor(pool, work, x)
    """,
    "an executor that a def endpoint waits for": """
        pool = ThreadPoolExecutor(2)
        app = FastAPI()

        def work(x):
            mine = holder()
            mine.put(x)
            return mine.score()

        @app.get("/")
        def predict(x: float):
            return pool.submit(work, x).result()
    """,
    "a thread for each request": """
        app = FastAPI()

        def work(x, answers):
            mine = holder()
            mine.put(x)
            answers.append(mine.score())

        @app.get("/")
        def predict(x: float):
            answers = []
            thread = threading.Thread(target=work, args=(x, answers))
            thread.start()
            thread.join()
            return answers[0]
    """,
    "asyncio.gather": """
        app = FastAPI()

        async def put(mine, x):
            await asyncio.sleep(0)
            mine.put(x)

        async def nothing():
            await asyncio.sleep(0)

        @app.get("/")
        async def predict(x: float):
            mine = holder()
            await asyncio.gather(put(mine, x), nothing(), nothing())
            await nothing()
            return mine.score()
    """,
    "a context variable": """
        current = contextvars.ContextVar("current")
        app = FastAPI()

        async def row(x: float):
            mine = holder()
            mine.put(x)
            current.set(mine)

        @app.get("/", dependencies=[Depends(row)])
        def predict():
            return current.get().score()
    """,
    "a streamed answer": """
        app = FastAPI()

        def lines(mine):
            yield b"score: "
            yield str(mine.score()).encode()

        @app.get("/")
        def predict(x: float):
            mine = holder()
            mine.put(x)
            return StreamingResponse(lines(mine), media_type="text/plain")
    """,
    "an answer streamed by a coroutine": """
        app = FastAPI()

        async def lines(mine):
            yield b"score: "
            await asyncio.sleep(0)
            yield str(mine.score()).encode()

        @app.get("/")
        async def predict(x: float):
            mine = holder()
            mine.put(x)
            return StreamingResponse(lines(mine), media_type="text/plain")
    """,
    "a response made by hand": """
        app = FastAPI()

        @app.get("/")
        def predict(x: float):
            mine = holder()
            mine.put(x)
            return JSONResponse(mine.score(), headers={"x-score": str(mine.value)})
    """,
    "a synchronous wrapper around an async def": """
        app = FastAPI()

        async def score(mine, x):
            mine.put(x)
            await asyncio.sleep(0.01)
            return mine.score()

        @app.get("/")
        async def predict(x: float):
            task = asyncio.create_task(score(holder(), x))
            return await asyncio.wait_for(task, 5)
    """,
}
