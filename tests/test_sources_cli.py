"""`govties sources`, as a maintainer types it, against servers of this machine."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from typer.testing import CliRunner, Result

from app import cli
from app.settings import Settings
from app.sources.archive import Archive
from app.sources.fetch import Fetcher
from app.sources.network import public_client
from tests.conftest import make_settings
from tests.sources.site import Reply, Request, Site, html, local_network, serving

Run = Callable[..., Result]
PAGE = "<title>T</title>It says so."


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site({"/a": html(PAGE), "/b": html(PAGE)})) as site:
        yield site


@pytest.fixture
def settings(tmp_path: Path, site: Site) -> Settings:
    folder = tmp_path / "seed"
    for name in ("companies", "agencies"):
        (folder / name).mkdir(parents=True)
    (folder / "companies" / "one.yml").write_text(
        f"# the first\nid: one\nname: One\nsources:\n"
        f"  a: # its page\n    url: {site.url('/a')}\n    publisher: One\n    type: company_statement\n"
        f"    quote: 'It says so'\n"
        f"  b:\n    url: {site.url('/b')}\n    publisher: The Paper\n    type: press\n"
        f"domains:\n  - name: one.com\n    sources: [a, b]\n    verified_at: 2026-01\n    verified_by: automated\n"
    )
    save = f"http://archive.test:{site.port}/save"
    return make_settings(tmp_path, seed_dir=folder, archive_save_url=save, archive_key="access:secret")


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("app.sources_cli.load_settings", lambda: settings)
    monkeypatch.setattr("app.sources_cli.public_client", lambda agent: public_client(agent, local_network()))
    monkeypatch.setattr("app.sources_cli.Fetcher", lambda client: Fetcher(client, pause=0))
    monkeypatch.setattr(
        "app.sources_cli.Archive", lambda save, key, client, fetcher: Archive(save, key, client, fetcher, 0)
    )

    def typed(*words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(cli.cli, ["sources", *words], env={"COLUMNS": "300"})
        assert done.exit_code == code, done.output
        return done

    return typed


def test_check_says_what_is_to_be_mended_and_asks_nothing_twice(run: Run, site: Site, settings: Settings) -> None:
    assert "2 addresses asked of 2: 2 ok" in run("check").output
    assert "0 addresses asked of 2: 2 ok" in run("check").output
    assert len(site.asked) == 2
    site.pages = {"/a": html("It says something else.")}
    said = run("check", "--days", "0", code=1).output
    assert "seed/companies/one.yml:6: changed:" in said
    assert "seed/companies/one.yml:11: dead:" in said
    told = json.loads(run("check", "--json", code=1).output)
    assert told["checked"] == 0
    assert [(one["standing"], one["places"], one["asked"]) for one in told["sources"]] == [
        ("changed", ["seed/companies/one.yml:6"], False),
        ("dead", ["seed/companies/one.yml:11"], False),
    ]
    assert "seed/companies/one.yml:11: dead:" in run("check", code=1).output, "what is known is said again"


def test_a_limited_run_leaves_the_rest_to_the_next(run: Run, site: Site) -> None:
    run("check", "--limit", "1")
    assert len(site.asked) == 1
    run("check", "--limit", "1")
    assert {request.path for request in site.asked} == {"/a", "/b"}


def test_an_unknown_company_is_named(run: Run) -> None:
    assert "no company two" in str(run("check", "--company", "two", code=1).exception)


class Keeper:
    """A web archive as the documentation of Save Page Now describes it."""

    def __init__(self, site: Site, **reply: Any) -> None:
        self.site, self.reply, self.jobs = site, reply, 0
        site.pages["/save"] = self.save

    def save(self, request: Request) -> Reply:
        (url,) = parse_qs(request.body.decode())["url"]
        assert (request.method, request.headers["authorization"]) == ("POST", "LOW access:secret")
        job, self.jobs = f"spn2-{self.jobs}", self.jobs + 1
        polls = iter([{"status": "pending", "job_id": job}] * 2)
        done = {"status": "success", "job_id": job, "original_url": url, "timestamp": "20261125120000", **self.reply}
        self.site.pages[f"/save/status/{job}"] = lambda _: self.json(next(polls, done))
        self.site.pages[f"/web/20261125120000/{url}"] = html("a copy")
        return self.json({"url": url, "job_id": job})

    def json(self, body: Any) -> Reply:
        return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def test_archive_records_the_copy_it_gets_and_keeps_everything_else(run: Run, site: Site, settings: Settings) -> None:
    path = settings.seed_dir / "companies" / "one.yml"
    before = path.read_text()
    Keeper(site)
    told = json.loads(run("archive", "--json").output)
    assert (told["saved"], told["left"]) == (2, 0)
    copies = [f"http://archive.test:{site.port}/web/20261125120000/{site.url(name)}" for name in ("/a", "/b")]
    after = path.read_text()
    assert [line.strip() for line in after.splitlines() if "archive_url" in line] == [
        f"archive_url: {c}" for c in copies
    ]
    assert "".join(line for line in after.splitlines(True) if "archive_url" not in line) == before
    assert after.index("type: company_statement") < after.index("archive_url") < after.index("quote:")
    assert "0 of 0 saved; 0 addresses have no copy yet." in run("archive").output


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ({"status": "error", "status_ext": "error:blocked", "message": "The site blocks us."}, "The site blocks us."),
        ({"status": "error"}, "error"),
        ({"original_url": "https://elsewhere.com/"}, "saved https://elsewhere.com/ instead"),
        ({"timestamp": "soon"}, "no time of its copy"),
        ({"timestamp": None}, "no time of its copy"),
        ({"timestamp": "20261125999999"}, "answers 404"),
    ],
)
def test_no_address_is_made_up(run: Run, site: Site, settings: Settings, reply: dict[str, Any], why: str) -> None:
    path = settings.seed_dir / "companies" / "one.yml"
    before = path.read_text()
    Keeper(site, **reply)
    said = run("archive", "--limit", "1", code=1).output
    assert "not saved: " in said
    assert why in said
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (html("no", 401), "set GOVTIES_ARCHIVE_KEY"),
        (html("busy", 429), "answers 429"),
        (html("<p>hello"), "no JSON object"),
        ((200, {}, b"[1]"), "no JSON object"),
        ((200, {}, b'{"message": "You have reached your limit."}'), "reached your limit"),
        ((200, {}, b'{"job_id": "../../etc"}'), "named no job"),
        ((200, {}, b"x" * 200_000), "has no end"),
        ((302, {"Location": "http://169.254.169.254/"}, b""), "answers 302"),
    ],
)
def test_an_archive_that_does_not_help(run: Run, site: Site, answer: Reply, why: str) -> None:
    site.pages["/save"] = answer
    said = run("archive", "--limit", "1", code=1).output
    assert why in said
    assert "secret" not in said
