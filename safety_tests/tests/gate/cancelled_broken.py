"""Services in which a client that goes away harms the others."""

HARM = {
    "a semaphore that is released after the await": (
        45,
        """
@app.get("/p")
async def predict(x: float):
    await slots.acquire()
    answer = await ask(x)
    slots.release()
    return answer
""",
    ),
    "a lock that is taken by hand": (
        1,
        """
@app.get("/p")
async def predict(x: float):
    await lock.acquire()
    answer = await ask(x)
    lock.release()
    return answer
""",
    ),
    "a thread lock that is taken by hand": (
        1,
        """
turn = threading.Lock()

@app.get("/p")
async def predict(x: float):
    if not turn.acquire(timeout=5):
        return "busy"
    answer = await ask(x)
    turn.release()
    return answer
""",
    ),
    "a list of connections": (
        1,
        """
free = [1]

@app.get("/p")
async def predict(x: float):
    if not free:
        return "no connection is free"
    mine = free.pop()
    answer = await ask(x)
    free.append(mine)
    return answer
""",
    ),
    "a queue of connections": (
        1,
        """
free = asyncio.Queue()
free.put_nowait(1)

@app.get("/p")
async def predict(x: float):
    mine = await free.get()
    answer = await ask(x)
    free.put_nowait(mine)
    return answer
""",
    ),
    "a count of those at work": (
        45,
        """
at_work = 0

@app.get("/p")
async def predict(x: float):
    global at_work
    if at_work >= 10:
        return "too many requests"
    at_work += 1
    answer = await ask(x)
    at_work -= 1
    return answer
""",
    ),
    "a change in two steps": (
        1,
        """
model, version = 1.0, 1

@app.get("/p")
async def predict(x: float):
    global model, version
    if x == 2:
        model = model + 1
        await ask(x)
        version = version + 1
        model, version = 1.0, 1
    return [model, version]
""",
    ),
    "a mode that is put back after the await": (
        1,
        """
mode = "mean"

@app.get("/p")
async def predict(x: float):
    global mode
    async with lock:
        before, mode = mode, "max"
        answer = await ask(x)
        mode = before
        return [mode, answer]
""",
    ),
    "a connection whose reply is not read": (
        1,
        """
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
    try:
        return await mine.ask(x)
    finally:
        free.append(mine)
""",
    ),
    "a reply with its length on a socket": (
        1,
        """
class Stream:
    def __init__(self):
        self.sent = []

    async def send(self, x):
        self.sent += ["head", 2 * x]
        await asyncio.sleep(0.01)

    async def read(self):
        await asyncio.sleep(0.01)
        return self.sent.pop(0)

stream = Stream()

@app.get("/p")
async def predict(x: float):
    async with lock:
        await stream.send(x)
        head = await stream.read()
        body = await stream.read()
        return [head, body]
""",
    ),
    "a task that all await, and that dies with the first client": (
        1,
        """
loads = {}

@app.get("/p")
async def predict(x: float):
    if x not in loads:
        loads[x] = asyncio.ensure_future(ask(x))
    return await loads[x]
""",
    ),
    "a mark that somebody is loading": (
        1,
        """
known = {}

@app.get("/p")
async def predict(x: float):
    if x not in known:
        known[x] = None
        known[x] = await ask(x)
    while known[x] is None:
        await asyncio.sleep(0.01)
    return known[x]
""",
    ),
    "a dependency that cleans up after its yield, with no finally": (
        1,
        """
free = [1]

async def connection():
    mine = free.pop() if free else None
    yield mine
    free.append(mine)

@app.get("/p")
async def predict(x: float, mine=Depends(connection)):
    return [mine, await ask(x)]
""",
    ),
    "a cleanup that is cancelled itself": (
        1,
        """
free = [1]

async def give_back(mine):
    await asyncio.sleep(0.01)
    free.append(mine)

@app.get("/p")
async def predict(x: float):
    mine = free.pop() if free else None
    try:
        answer = [mine, await ask(x)]
    except asyncio.CancelledError:
        raise
    else:
        await give_back(mine)
    return answer
""",
    ),
    "a cleanup in finally that awaits before it gives back": (
        1,
        """
free = [1]

@app.get("/p")
async def predict(x: float):
    mine = free.pop() if free else None
    try:
        return [mine, x]
    finally:
        await asyncio.sleep(0.01)
        free.append(mine)
""",
    ),
    "a stream that holds a slot until its end": (
        45,
        """
@app.get("/p")
async def predict(x: float):
    await slots.acquire()

    async def parts():
        yield b"a"
        await ask(x)
        yield b"b"
        slots.release()

    return StreamingResponse(parts())
""",
    ),
}
