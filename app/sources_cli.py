"""`govties sources`: look at the sources of the seed, and have a web archive keep them."""

import json
from collections import Counter
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from app.errors import AppError
from app.seeding.reader import Tree, read_tree
from app.settings import Settings, load_settings
from app.sources.archive import Archive, NotSaved, record
from app.sources.check import BAD, Checked, Source, check_all, sources_of
from app.sources.fetch import Fetcher
from app.sources.network import public_client, user_agent
from app.sources.state import State
from app.terminal import out, show

sources_cli = typer.Typer(no_args_is_help=True, help="The sources of the seed: check them, archive them.")
Company = Annotated[str | None, typer.Option("--company", help="Only the sources of this company's file.")]
Limit = Annotated[int | None, typer.Option(min=1, help="At most so many addresses.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
DAYS = 7.0


@sources_cli.command("check")
def check_sources(
    company: Company = None,
    limit: Limit = None,
    days: Annotated[float, typer.Option(min=0, help="Leave out what was checked within so many days.")] = DAYS,
    as_json: AsJson = False,
) -> None:
    """Open every source: ok, redirected, changed, dead, or unclear. Exit code 1 where one is to be mended.

    A run that is stopped goes on where it was. One request to a host at a time, with a pause; public hosts only.
    """
    settings = load_settings()
    sources = sources_of(_tree(settings, company), company)
    state = State(settings.data_dir)
    due = [source for source in sources if not state.is_fresh(source.url, days)][:limit]
    places = {source.url: source.places for source in sources}

    def done(checked: Checked) -> None:
        state.keep(checked)
        if not as_json and checked.standing in BAD:
            _tell(checked, places[checked.url])

    anyio.run(_check, settings, due, state, done)
    asked = {source.url for source in due}
    results = [state.known[source.url] for source in sources if source.url in state.known]
    if as_json:
        told = [one.as_json() | {"places": list(places[one.url]), "asked": one.url in asked} for one in results]
        out.print_json(json.dumps({"checked": len(due), "sources": told}))
    else:
        _tell_before([one for one in results if one.url not in asked and one.standing in BAD], places)
        counts = Counter(one.standing.value for one in results)
        show(f"{len(due)} addresses asked of {len(sources)}: " + (_counted(counts) or "nothing known yet"))
    if any(one.standing in BAD for one in results):
        raise typer.Exit(1)


async def _check(settings: Settings, due: list[Source], state: State, done: Any) -> None:
    async with _client(settings) as client:
        await check_all(due, Fetcher(client), dict(state.known), done)


def _client(settings: Settings) -> Any:
    return public_client(user_agent(package_version("govties"), settings.contact or settings.address))


def _tree(settings: Settings, company: str | None) -> Tree:
    tree = read_tree(settings.seed_dir)
    if company is not None and company not in tree.companies:
        raise AppError("sources", 422, f"There is no company {company} in {settings.seed_dir}, or it cannot be read.")
    if not tree.companies:
        raise AppError("sources", 422, f"{settings.seed_dir} holds no companies: set GOVTIES_SEED_DIR.")
    return tree


def _tell(checked: Checked, places: tuple[str, ...]) -> None:
    show(f"{places[0]}: {checked.standing.value}: {checked.url}: {checked.detail}")
    for place in places[1:]:
        show(f"{place}: the same")


def _tell_before(found: list[Checked], places: dict[str, tuple[str, ...]]) -> None:
    for checked in found:
        _tell(checked, places[checked.url])


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))


@sources_cli.command("archive")
def archive_sources(company: Company = None, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Have a web archive save sources that have no copy, and write the address it gives into the files.

    Exit code 1 where it could not. What has a copy is left out, so a second run goes on where the first one ended.
    """
    settings = load_settings()
    tree = _tree(settings, company)
    files = _without_copy(settings, tree, company)
    results: list[dict[str, Any]] = []

    def done(url: str, copy: str | None, why: str) -> None:
        results.append({"url": url, "archive_url": copy, "detail": why})
        if not as_json:
            show(f"{url}: {copy or 'not saved: ' + why}")

    anyio.run(_archive, settings, dict(list(files.items())[:limit]), done)
    saved = sum(result["archive_url"] is not None for result in results)
    if as_json:
        out.print_json(json.dumps({"saved": saved, "left": len(files) - saved, "sources": results}))
    else:
        show(f"{saved} of {len(results)} saved; {len(files) - saved} addresses have no copy yet.")
    if saved < len(results):
        raise typer.Exit(1)


def _without_copy(settings: Settings, tree: Tree, company: str | None) -> dict[str, list[Path]]:
    """Addresses without a copy, and the files in which they stand."""
    found: dict[str, list[Path]] = {}
    for name, (body, _) in sorted(tree.companies.items()):
        for source in body.sources.values() if company in (None, name) else ():
            path = settings.seed_dir / "companies" / f"{name}.yml"
            if source.archive_url is None and path not in found.setdefault(source.url, []):
                found[source.url].append(path)
    return found


async def _archive(settings: Settings, files: dict[str, list[Path]], done: Any) -> None:
    async with _client(settings) as client:
        archive = Archive(settings.archive_save_url, settings.archive_key, client, Fetcher(client))
        for url, paths in files.items():
            try:
                copy = await archive.save(url)
            except NotSaved as error:
                done(url, None, str(error))
                continue
            record(paths, url, copy)
            done(url, copy, "")
