"""Services that are slow and leave the event loop free."""

FREE = {
    "a def endpoint that sleeps": """
@app.get("/p")
def predict(x: float):
    return slow(x)
""",
    "a def endpoint that computes": """
@app.get("/p")
def predict(x: float):
    return hashed(x)
""",
    "a def dependency": """
@app.get("/p")
async def predict(x: float = Depends(slow)):
    return x

slow.__annotations__ = {"x": float}
""",
    "run_in_threadpool": """
@app.get("/p")
async def predict(x: float):
    return await run_in_threadpool(slow, x)
""",
    "asyncio.to_thread": """
@app.get("/p")
async def predict(x: float):
    return await asyncio.to_thread(hashed, x)
""",
    "an executor": """
@app.get("/p")
async def predict(x: float):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, slow, x)
""",
    "the future of an executor, awaited": """
@app.get("/p")
async def predict(x: float):
    return await asyncio.wrap_future(pool.submit(slow, x))
""",
    "a process that is awaited": """
@app.get("/p")
async def predict(x: float):
    wait = "import time; time.sleep(0.1)"
    return await asyncio.to_thread(subprocess.call, [sys.executable, "-S", "-c", wait])
""",
    "asyncio.sleep": """
@app.get("/p")
async def predict(x: float):
    await asyncio.sleep(5)
    return x
""",
    "a model that only the first request loads": """
@functools.lru_cache
def load():
    time.sleep(2)
    return 3.0

@app.get("/p")
async def predict(x: float):
    return load() * x
""",
    "a slow start-up": """
from contextlib import asynccontextmanager

@asynccontextmanager
async def lifespan(app):
    time.sleep(2)
    yield

app = FastAPI(lifespan=lifespan)

@app.get("/p")
async def predict(x: float):
    return x
""",
    "a long computation in short parts": """
@app.get("/p")
async def predict(x: float):
    for _ in range(10):
        time.sleep(0.02)
        await asyncio.sleep(0)
    return x
""",
    "a generator that is streamed, which runs in threads": """
@app.get("/p")
async def predict(x: float):
    def parts():
        yield b"a"
        time.sleep(0.2)
        yield b"b"

    return StreamingResponse(parts())
""",
    "a background task that is a function": """
@app.get("/p")
async def predict(x: float, tasks: BackgroundTasks):
    tasks.add_task(slow, x)
    return x
""",
    "a middleware that measures": """
@app.middleware("http")
async def measure(request, call_next):
    begin = time.perf_counter()
    answer = await call_next(request)
    print(time.perf_counter() - begin)
    return answer

@app.get("/p")
def predict(x: float):
    return slow(x)
""",
}
