"""The load client beside others, where they are installed."""

from loadtests.benchmark.generators import compare


def test_each_generator_has_a_rate_or_a_reason() -> None:
    head, client, *others = compare(connections=2, seconds=1, rounds=1)
    assert client[0] == "loadtests.client"
    assert float(client[1]) > 100
    assert (client[2], client[4]) == ("1.00", "1.00")
    assert [row[0] for row in others] == ["wrk, unchecked", "Locust, FastHttpUser"]
    for row in others:
        assert len(row) == len(head)
        assert float(row[1]) > 0 if row[2] else "wrk" in row[1] or "locust" in row[1]
