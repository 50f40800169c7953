import hashlib

from fastapi import FastAPI

app = FastAPI()


def fingerprint(text, rounds):
    """Stands for a model that computes for a while."""
    return hashlib.pbkdf2_hmac("sha256", text.encode(), b"salt", rounds).hex()[:12]


@app.get("/fingerprint/{text}")
async def of_text(text: str, rounds: int = 400_000):
    return {"fingerprint": fingerprint(text, rounds)}


@app.get("/health")
async def health():
    return {"ready": True}
