"""Services that clean up behind a client that goes away."""

RIGHT = {
    "async with": """
@app.get("/p")
async def predict(x: float):
    async with slots, lock:
        return await ask(x)
""",
    "finally": """
free = [1, 1, 1]

@app.get("/p")
async def predict(x: float):
    if not free:
        return "no connection is free"
    mine = free.pop()
    try:
        return await ask(x)
    finally:
        free.append(mine)
""",
    "finally around a queue": """
free = asyncio.Queue()
free.put_nowait(1)

@app.get("/p")
async def predict(x: float):
    mine = await free.get()
    try:
        return await ask(x)
    finally:
        free.put_nowait(mine)
""",
    "a shielded update in two steps": """
model, version = 1.0, 1

async def update(x):
    global model, version
    async with lock:
        model = model + x
        await ask(x)
        model, version = 1.0, 1

@app.get("/p")
async def predict(x: float):
    await asyncio.shield(update(x))
    async with lock:
        return [model, version]
""",
    "a cleanup in a shielded scope": """
free = [1, 1, 1]

@app.get("/p")
async def predict(x: float):
    mine = free.pop()
    try:
        return await ask(x)
    finally:
        with anyio.CancelScope(shield=True):
            free.append(mine)
""",
    "an update that is computed first and stored at once": """
pair = (1.0, 1)

@app.get("/p")
async def predict(x: float):
    global pair
    model = await ask(x)
    pair = (model, x)
    return pair
""",
    "a connection that is thrown away when cancelled": """
class Connection:
    def __init__(self):
        self.replies = asyncio.Queue()

    async def ask(self, x):
        asyncio.get_running_loop().call_later(0.01, self.replies.put_nowait, 2 * x)
        return await self.replies.get()

free = [Connection()]

@app.get("/p")
async def predict(x: float):
    mine = free.pop() if free else Connection()
    answer = await mine.ask(x)
    free.append(mine)
    return answer
""",
    "a shielded task that all await": """
loads = {}

@app.get("/p")
async def predict(x: float):
    if x not in loads:
        loads[x] = asyncio.ensure_future(ask(x))
    return await asyncio.shield(loads[x])
""",
    "a stream": """
@app.get("/p")
async def predict(x: float):
    async def parts():
        async with slots:
            yield b"a"
            await ask(x)
            yield b"b"

    return StreamingResponse(parts())
""",
    "a stream from a generator in threads": """
@app.get("/p")
async def predict(x: float):
    def parts():
        yield b"a"
        yield str(x).encode()

    return StreamingResponse(parts())
""",
    "a middleware with dispatch": """
@app.middleware("http")
async def measure(request, call_next):
    async with slots:
        return await call_next(request)

@app.get("/p")
async def predict(x: float):
    return await ask(x)
""",
    "a dependency with finally": """
free = [1, 1, 1]

async def connection():
    mine = free.pop()
    try:
        yield mine
    finally:
        free.append(mine)

@app.get("/p")
async def predict(x: float, mine=Depends(connection)):
    return [mine, await ask(x)]
""",
    "a dependency with finally that is a function": """
free = [1, 1, 1]

def connection():
    mine = free.pop()
    try:
        yield mine
    finally:
        free.append(mine)

@app.get("/p")
async def predict(x: float, mine=Depends(connection)):
    return [mine, await ask(x)]
""",
    "a background task": """
noted = []

def note(x):
    noted[:] = [x]

@app.get("/p")
async def predict(x: float, tasks: BackgroundTasks):
    tasks.add_task(note, x)
    return await ask(x)
""",
    "a def endpoint": """
turn = threading.Lock()

@app.get("/p")
def predict(x: float):
    with turn:
        return 2 * x
""",
    "run_in_threadpool with a thread lock inside": """
turn = threading.Lock()

def work(x):
    with turn:
        return 2 * x

@app.get("/p")
async def predict(x: float):
    return await run_in_threadpool(work, x)
""",
    "asyncio.to_thread, which goes on when the client has gone": """
def work(x):
    return 2 * x

@app.get("/p")
async def predict(x: float):
    return await asyncio.to_thread(work, x)
""",
    "a time limit": """
@app.get("/p")
async def predict(x: float):
    async with asyncio.timeout(5), slots:
        return await ask(x)
""",
    "a task group": """
@app.get("/p")
async def predict(x: float):
    async with asyncio.TaskGroup() as group:
        one, other = group.create_task(ask(x)), group.create_task(ask(-x))
    return [one.result(), other.result()]
""",
    "an event that a loader sets in finally": """
loading = {}
known = {}

@app.get("/p")
async def predict(x: float):
    while x not in known:
        if x in loading:
            await loading[x].wait()
            continue
        done = loading[x] = asyncio.Event()
        try:
            known[x] = await ask(x)
        finally:
            del loading[x]
            done.set()
    return known[x]
""",
    "cancellation that is noted and passed on": """
gone = 0

@app.get("/p")
async def predict(x: float):
    global gone
    try:
        return await ask(x)
    except asyncio.CancelledError:
        gone += 1
        raise
""",
    "a request that is served to its end although its client has gone": """
@app.get("/p")
async def predict(x: float):
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            return await ask(x)
""",
    "an endpoint that never waits": """
@app.get("/p")
async def predict(x: float):
    return x
""",
}
