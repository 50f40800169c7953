from threading import Lock

from fastapi import FastAPI

app = FastAPI()
balances = {"ada": 100, "bob": 100, "eve": 20, "joe": 0}
locks = {name: Lock() for name in balances}


@app.get("/transfer/{payer}/{payee}/{amount}")
def preview(payer: str, payee: str, amount: int):
    """What both would have after a transfer; nothing is moved yet."""
    with locks[payer]:
        left = balances[payer] - amount
        with locks[payee]:
            return {payer: left, payee: balances[payee] + amount}
