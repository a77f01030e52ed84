"""PostgreSQL dies, hangs, is slow, is away together with Valkey: what is known is said, the rest is 503, and "none" is
never said by mistake (reliability.md, 8 to 10)."""

import asyncio
import time
from collections.abc import Callable
from functools import partial

import pytest

from tests.faults.conftest import SPECIAL, Stage, hosts
from tests.faults.load import Answer, Client, Load, scaled
from tests.faults.test_cache import rest
from tests.service import Service
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.stack]

WARM, COLD = hosts(range(60)) + SPECIAL, hosts(range(60, 120))
Measured = Callable[[str], None]

# What replies may take, in seconds: generous, for the figures are printed; a busy machine gets more.
AT_ONCE, AT_MOST, NORMAL = (scaled(10, 2), scaled(15, 3), scaled(60, 5))


def ask(service: Service, *paths: str) -> list[tuple[Answer, float]]:
    """The answers to some paths, asked at once, and how long each took, in seconds."""

    async def one(path: str) -> tuple[Answer, float]:
        client, started = Client(service.port), time.monotonic()
        answer = await asyncio.wait_for(client.get(path), 30)
        client.close()
        return answer, time.monotonic() - started

    async def everything() -> list[tuple[Answer, float]]:
        return await asyncio.gather(*(one(path) for path in paths))

    return asyncio.run(everything())


def domains(names: list[str]) -> list[str]:
    return [f"/v1/domains/{name}" for name in names]


def warmed(service: Service) -> None:
    """Bring what is to be known into memory."""
    for at in range(0, len(WARM), 10):
        paths = domains(WARM[at : at + 10])
        until(partial(answered, service, paths), NORMAL, "what is to be in memory")


def answered(service: Service, paths: list[str]) -> bool:
    return {answer.status for answer, _ in ask(service, *paths)} == {200}


def normal(service: Service) -> bool:
    return answered(service, ["/readyz", *domains(COLD[-3:])])


def nothing_but_answers(load: Load) -> bool:
    return {one.status for one in load.replies[-50:]} == {200}


def assert_known(load: Load) -> None:
    """Those who ask for what is in memory notice nothing."""
    assert load.judge.wrong[:3] == []
    assert load.statuses().keys() == {200}


def assert_right_or_away(load: Load) -> None:
    """The others get the right answer or a 503 that says when to come back, and hear of both."""
    assert load.judge.wrong[:3] == []
    assert load.statuses().keys() <= {200, 503}


def test_8_killed_and_back(stage: Stage, fresh: Service, measured: Measured) -> None:
    warmed(fresh)
    with Load(fresh.port, WARM, stage.judge(), clients=8) as known:
        rest(0.5)
        stage.postgres.kill()
        with Load(fresh.port, COLD, stage.judge(), clients=8, pause=0.01) as unknown:
            until(lambda: len(unknown.replies) > 8, NORMAL, "replies")
            away = rest(scaled(2, 10))
            stage.postgres.start()
            back = until(lambda: normal(fresh), NORMAL, "answers from the database")
            until(lambda: nothing_but_answers(unknown), NORMAL - back, "nothing but answers")
    measured(known.told("in memory, while it was away", *away))
    measured(unknown.told("not in memory", *away))
    measured(f"normal {back:.1f} s after the start")
    assert_known(known)
    assert_right_or_away(unknown)
    assert unknown.statuses(until=away[1]).keys() == {503}
    assert unknown.slowest(until=away[1]) < 1e3 * AT_ONCE


def test_9_stopped(stage: Stage, fresh: Service, measured: Measured) -> None:
    warmed(fresh)
    with Load(fresh.port, WARM, stage.judge(), clients=8) as known:
        with stage.postgres.stopped(), Load(fresh.port, COLD, stage.judge(), clients=scaled(8, 50)) as unknown:
            stopped = rest(scaled(5, 20))
            (alive, quick), (ready, slow) = ask(fresh, "/healthz", "/readyz")
        back = until(lambda: normal(fresh), NORMAL, "answers from the database")
    measured(known.told("in memory", *stopped))
    measured(unknown.told("not in memory", *stopped))
    measured(
        f"liveness {alive.status} in {quick:.2f} s, readiness {ready.status} in {slow:.2f} s; normal {back:.1f} s later"
    )
    assert_known(known)
    assert_right_or_away(unknown)
    assert unknown.slowest() < 1e3 * AT_MOST
    assert (alive.status, ready.status) == (200, 503)
    assert b"database" in ready.body
    assert max(quick, slow) < AT_MOST


def test_9_slow(stage: Stage, fresh: Service, measured: Measured) -> None:
    """Queries that would take five seconds: somebody holds a lock on the table."""
    warmed(fresh)
    with (
        stage.postgres.locked("record"),
        Load(fresh.port, WARM, stage.judge(), clients=8) as known,
        Load(fresh.port, COLD, stage.judge(), clients=8) as unknown,
    ):
        slow = rest(5)
    until(lambda: normal(fresh), NORMAL, "answers from the database")
    measured(unknown.told("not in memory", *slow))
    assert_known(known)
    assert_right_or_away(unknown)
    assert unknown.slowest(*slow) < 1e3 * AT_MOST


def test_10_both_away(stage: Stage, fresh: Service, measured: Measured) -> None:
    warmed(fresh)
    stage.postgres.kill()
    stage.valkey.kill()
    with (
        Load(fresh.port, WARM, stage.judge(), clients=8) as known,
        Load(fresh.port, COLD, stage.judge(), clients=8, pause=0.01) as unknown,
    ):
        until(lambda: len(unknown.replies) > 8, NORMAL, "replies")
        away = rest(scaled(2, 15))
    stage.valkey.start()
    stage.postgres.start()
    until(lambda: normal(fresh), NORMAL, "answers from the database")
    measured(known.told("in memory", *away))
    measured(unknown.told("not in memory", *away))
    assert_known(known)
    assert_right_or_away(unknown)
    assert unknown.statuses(until=away[1]).keys() == {503}
