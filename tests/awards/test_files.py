"""What a maintainer may give, and every way in which it can be broken: one error that names what and how to mend it."""

import gzip
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from app.awards import files
from app.awards.files import Part, find_parts, unpacked
from app.awards.warehouse import Warehouse
from app.errors import AppError
from tests.awards.rows import action, header, text, write, write_gz, write_zip
from tests.awards.stores import Load


def names(*paths: Path) -> list[str]:
    return [part.name for part in find_parts(paths)]


def test_a_file_a_zip_of_several_and_a_folder_of_both(tmp_path: Path) -> None:
    rows = [action()]
    write(tmp_path / "b.csv", rows)
    write_gz(tmp_path / "c.csv.gz", rows)
    write_zip(tmp_path / "a.zip", {"x/One.csv": rows, "Two.CSV": rows, "notes.txt": rows})
    (tmp_path / "README").write_text("no award file")
    assert names(tmp_path / "b.csv") == ["b.csv"]
    assert names(tmp_path) == ["a.zip/One.csv", "a.zip/Two.CSV", "b.csv", "c.csv.gz"]
    assert names(tmp_path / "b.csv", tmp_path / "a.zip") == ["b.csv", "a.zip/One.csv", "a.zip/Two.CSV"]


@pytest.mark.parametrize("form", ["csv", "gz", "zip"])
def test_the_hash_is_that_of_the_csv_however_it_is_packed(form: str, tmp_path: Path) -> None:
    rows, spool = [action()], tmp_path / "spool"
    path = {
        "csv": lambda: write(tmp_path / "f.csv", rows),
        "gz": lambda: write_gz(tmp_path / "f.csv.gz", rows),
        "zip": lambda: write_zip(tmp_path / "f.zip", {"f.csv": rows}),
    }[form]()
    came: list[int] = []
    with unpacked(find_parts([path])[0], spool, came.append) as plain:
        assert plain.sha256 == sha256(text(rows).encode()).hexdigest()
        assert plain.path.read_bytes() == text(rows).encode()
    assert sum(came) == len(text(rows))
    assert not list(spool.glob("*"))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("All_PrimeTransactions_2026-11-20_H14M22S09_1.csv", date(2026, 11, 20)),
        ("FY(All)_070_Contracts_Delta_20261106.zip", date(2026, 11, 6)),
        ("ICE_FY2013-FY2017.csv", None),
        ("x_20269999.csv", None),
    ],
)
def test_the_date_of_a_file_stands_in_its_name(name: str, day: date | None) -> None:
    assert Part(Path("/somewhere") / name, None, 1).dated == day


Broken = Callable[[Path], Path]


def _cut(path: Path) -> Path:
    path.write_bytes(path.read_bytes()[:-20])
    return path


def _flip(path: Path) -> Path:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


def _many() -> list[dict[str, str]]:
    return [action(mod=f"P{n:05}") for n in range(200)]


def _empty_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "nothing")
    return path


def _pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


BROKEN: list[tuple[str, Broken, str]] = [
    ("missing", lambda folder: folder / "none.csv", "No such file"),
    ("another kind", lambda folder: write(folder / "a.xlsx", [action()]), "only .csv, .zip and .gz"),
    ("an empty folder", lambda folder: _folder(folder / "f"), "holds no .csv"),
    ("a pipe", lambda folder: _pipe(folder / "p.csv"), "no regular file"),
    ("no zip at all", lambda folder: write(folder / "a.zip", [action()]), "cannot be opened"),
    ("a zip without CSV", lambda folder: _empty_zip(folder / "a.zip"), "no .csv"),
    ("a zip cut short", lambda folder: _cut(write_zip(folder / "a.zip", {"a.csv": _many()})), "download it again"),
    ("a zip with a fault", lambda folder: _flip(write_zip(folder / "a.zip", {"a.csv": _many()})), "download it again"),
    ("a gz cut short", lambda folder: _cut(write_gz(folder / "a.csv.gz", _many())), "download it again"),
    ("a gz with a fault", lambda folder: _flip(write_gz(folder / "a.csv.gz", _many())), "download it again"),
    ("a gz that is none", lambda folder: write(folder / "a.csv.gz", [action()]), "download it again"),
]


@pytest.mark.parametrize(("make", "said"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_file_is_named_and_nothing_is_kept(
    make: Broken, said: str, tmp_path: Path, loading: Load, warehouse: Warehouse
) -> None:
    path = make(tmp_path)
    with pytest.raises(AppError, match=said) as caught:
        loading(path)
    assert (caught.value.type, caught.value.status) == ("award-file", 422)
    assert path.name in caught.value.detail
    assert "\n" not in caught.value.detail
    assert warehouse.value("SELECT count(*) FROM file") == warehouse.value("SELECT count(*) FROM record") == 0
    assert not list(warehouse.spool.glob("*"))


def test_a_zip_larger_than_the_disk_is_refused_before_it_is_unpacked(
    tmp_path: Path, loading: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.csv": [action()]})
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=files.RESERVE + 10))
    with pytest.raises(AppError, match="make room"):
        loading(path)


@pytest.mark.parametrize("said", [None, 5], ids=["its length is true", "its length is a lie"])
def test_a_gz_leaves_the_reserve_free_however_large_it_becomes(
    said: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = gzip.compress(bytes(8 * files.CHUNK))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(packed if said is None else packed[:-4] + said.to_bytes(4, "little"))
    usage, spool, came = shutil.disk_usage(tmp_path), tmp_path / "spool", list[int]()
    free = files.RESERVE + 3 * files.CHUNK + 10
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free - sum(came)))
    with pytest.raises(AppError, match=r"a\.csv\.gz: .*make room"), unpacked(find_parts([path])[0], spool, came.append):
        pytest.fail("it does not fit")
    assert sum(came) == 3 * files.CHUNK
    assert not list(spool.glob("*"))


def test_a_full_disk_is_said(tmp_path: Path, loading: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_gz(tmp_path / "a.csv.gz", [action()])

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "part.csv")

    monkeypatch.setattr(files, "_unpack", full)
    with pytest.raises(AppError, match="No space left"):
        loading(path)


def test_a_file_that_changes_or_vanishes_meanwhile_is_refused(tmp_path: Path) -> None:
    part = find_parts([write(tmp_path / "a.csv", [action()])])[0]
    with pytest.raises(AppError, match="changed while"), unpacked(part, tmp_path / "spool") as plain:
        plain.path.write_text("other")
    write(tmp_path / "a.csv", [action()])
    with pytest.raises(AppError, match="No such file"), unpacked(part, tmp_path / "spool") as plain:
        plain.path.unlink()
    with pytest.raises(AppError, match="No such file"), unpacked(part, tmp_path / "spool"):
        pytest.fail("there is no file")


FAULTS = [
    ("no header", b"", "line 1"),
    ("binary", b"\x00\x01\x02", "line 1"),
    ("bad UTF-8 in the header", b"award_id_piid,\xff\n", "line 1"),
    ("other columns", b"a,b\n1,2\n", "names no columns of USAspending"),
    ("assistance", b"assistance_award_unique_key,x\n1,2\n", "assistance awards"),
]


@pytest.mark.parametrize(("data", "said"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_first_line_that_is_no_header(data: bytes, said: str, tmp_path: Path, loading: Load) -> None:
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(AppError, match=said) as caught:
        loading(tmp_path / "a.csv")
    assert caught.value.type == "award-file"
    assert "a.csv" in caught.value.detail


def test_missing_columns_are_named_and_twofold_ones_too(tmp_path: Path, loading: Load) -> None:
    some = [
        name for name in header("transactions") if name not in ("action_date", "recipient_name", "recipient_name_raw")
    ]
    with pytest.raises(AppError, match="action_date, recipient_name") as caught:
        loading(write(tmp_path / "a.csv", [], columns=some))
    assert "line 1" in caught.value.detail
    with pytest.raises(AppError, match="action_date stands twice"):
        loading(write(tmp_path / "b.csv", [], columns=[*header("transactions"), "action_date"]))


def spoilt(path: Path, rows: list[dict[str, str]], spoil: Callable[[list[bytes]], None]) -> Path:
    lines = text(rows).encode().split(b"\r\n")
    spoil(lines)
    path.write_bytes(b"\r\n".join(lines))
    return path


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda lines: lines.__setitem__(2, lines[2].replace(b"CLOUD", b"CL\xffUD")),
            "line 3, column transaction_desc",
        ),
        (lambda lines: lines.__setitem__(3, b"1,2,3"), "line 4: 3 cells stand here, the header names 297"),
        (lambda lines: lines.__setitem__(3, lines[3] + b",more"), "line 4: 298 cells"),
        (lambda lines: lines.__setitem__(4, lines[4].replace(b"CLOUD", b'"CLOUD')), "not CSV here|cells stand here"),
    ],
    ids=["bad UTF-8", "too few cells", "too many cells", "a quote without its mate"],
)
def test_a_fault_in_a_row_is_told_with_line_and_column(
    spoil: Callable[[list[bytes]], None], said: str, tmp_path: Path, loading: Load, warehouse: Warehouse
) -> None:
    path = spoilt(tmp_path / "a.csv", _many()[:6], spoil)
    with pytest.raises(AppError, match=said) as caught:
        loading(path)
    assert caught.value.type == "award-file"
    assert "a.csv" in caught.value.detail
    assert warehouse.value("SELECT count(*) FROM record") == 0


def test_gz_and_zip_are_read_like_the_csv_in_them(tmp_path: Path, loading: Load, warehouse: Warehouse) -> None:
    first, second = [action(mod="0")], [action(mod="P00001")]
    done = loading(write_zip(tmp_path / "a.zip", {"1.csv": first, "2.csv": second}), write_gz(tmp_path / "c.gz", first))
    assert [(each.name, each.stored, each.again) for each in done] == [
        ("a.zip/1.csv", 1, False),
        ("a.zip/2.csv", 1, False),
        ("a.zip/1.csv", 1, True),
    ]
    assert gzip.decompress((tmp_path / "c.gz").read_bytes()) == text(first).encode()
    assert warehouse.value("SELECT count(*) FROM record") == 2
