"""In a process of its own: starts the kernel of the notebooks and has it calculate something."""

from __future__ import annotations

import json
from typing import Any


def main() -> None:
    from jupyter_client.manager import start_new_kernel

    answers: list[str] = []

    def hear(message: dict[str, Any]) -> None:
        if message["header"]["msg_type"] == "stream":
            answers.append(message["content"]["text"])

    manager, client = start_new_kernel(startup_timeout=30)
    try:
        code = "import safety_tests, sys; print(6 * 7, sys.prefix)"
        client.execute_interactive(code, timeout=30, output_hook=hear)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    said, _, prefix = "".join(answers).strip().partition(" ")
    print(json.dumps({"said": said, "prefix": prefix}))


if __name__ == "__main__":
    main()
