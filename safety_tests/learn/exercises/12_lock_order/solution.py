from threading import Lock

from fastapi import FastAPI

app = FastAPI()
balances = {"ada": 100, "bob": 100, "eve": 20, "joe": 0}
locks = {name: Lock() for name in balances}


@app.get("/transfer/{payer}/{payee}/{amount}")
def preview(payer: str, payee: str, amount: int):
    """What both would have after a transfer; nothing is moved yet."""
    first, second = sorted([payer, payee])
    with locks[first], locks[second]:
        return {payer: balances[payer] - amount, payee: balances[payee] + amount}
