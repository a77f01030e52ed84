"""Short versions of what `make fuzz` does at length, and schemathesis over the OpenAPI description."""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.fuzz_hosts import fuzz


@pytest.mark.slow
def test_no_host_makes_a_5xx(real: TestClient) -> None:
    report = fuzz(real, 1_500, seed=1)
    assert report.failures == []
    assert set(report.statuses) <= {200, 404, 422}


@pytest.mark.slow
def test_the_interface_does_what_its_description_says(settings: Settings, client: TestClient) -> None:
    """Positive and negative requests of every operation: documented statuses, types and bodies; no server error.

    What is a host no schema can say, so a well-formed request may still be refused with 422.
    """
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(settings))
    assert client.get("/readyz").status_code == 200
    labels = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        labels.append(operation.label)
        for mode in GenerationMode:
            _exercise(operation.as_strategy(generation_mode=mode))
    assert len(labels) >= 12


def _exercise(strategy: SearchStrategy[Case[Any]]) -> None:
    @given(strategy)
    @hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    def call(case: Case[Any]) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    with suppress(Unsatisfiable):  # an operation without parameters has no negative request
        call()
