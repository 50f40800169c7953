"""What a tree of processes uses, as far as /proc tells."""

import os
import subprocess
import sys

import pytest

from safety_tests.bench import process_tree

pytestmark = pytest.mark.skipif(
    not process_tree.readable(), reason="processes are read from Linux's /proc"
)

NESTED = (
    "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=1); input()'])"
)


def test_a_process_and_what_it_started_belong_together() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", NESTED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        tree = process_tree.members(process.pid)
        alone = process_tree.memory(tree[-1])
        assert (tree[0], len(tree)) == (process.pid, 2)
        assert process_tree.memory(process.pid) > alone > 0
        assert process_tree.cpu_seconds(process.pid) >= process_tree.cpu_seconds(tree[-1])
        process.communicate("\n")


def test_own_memory_is_more_than_nothing() -> None:
    assert process_tree.memory(os.getpid()) > 1 << 20
