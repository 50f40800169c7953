import asyncio

from fastapi import FastAPI

app = FastAPI()
waiting = []


def predict_all(texts):
    """One call for many texts; the model wants the longest first."""
    ordered = sorted(texts, key=len, reverse=True)
    return [sum(map(ord, text)) % 1000 for text in ordered]


async def flush():
    await asyncio.sleep(0.01)  # company may come
    batch = waiting.copy()
    waiting.clear()
    scores = predict_all([text for text, _ in batch])
    for (_, answer), score in zip(batch, scores):
        if not answer.done():
            answer.set_result(score)


@app.get("/score/{text}")
async def score(text: str):
    answer = asyncio.get_running_loop().create_future()
    waiting.append((text, answer))
    if len(waiting) == 1:
        app.state.flushing = asyncio.create_task(flush())
    return {"score": await answer}
