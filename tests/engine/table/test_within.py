"""The rows of a group are those of a file of its rows alone: the same values, blocks and digits."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscli.analyses.evaluation import evaluate_dataset
from losscli.arrays import Task
from losscli.engine.table import rows as rows_module
from losscli.engine.table import within
from losscli.engine.table.align import open_aligned
from losscli.engine.table.check import Missing
from losscli.engine.table.dataset import open_dataset
from losscli.engine.table.grouping import with_groups
from losscli.engine.table.reading import Named, Reading
from losscli.engine.table.within import MOST_GROUPS, groups_of
from losscli.errors import InputError, UsageError

law = settings(deadline=None, max_examples=25, derandomize=True)
MEMORY = 512 << 20
TYPES = {"g": pl.String, "y_true": pl.Float64, "y_pred": pl.Float64, "w": pl.Float64}

table = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c d", None]), st.integers(-40, 40), st.integers(-40, 40), st.integers(1, 9)),
    min_size=2,
    max_size=60,
)


def opened(data, *, by=("g",), **reading):
    return with_groups(open_dataset(Named(given=data), Reading(task=Task.REGRESSION, **reading)), by)


def rows_of(dataset):
    with np.errstate(all="ignore"):  # as `Rows.answer` has it
        return [
            (batch.y_true.tolist(), *(each.tolist() for each in batch.y_pred), batch.total_weight())
            for batch in dataset.rows
        ]


def in_blocks_of_8(patch):
    patch.setattr(within, "block_rows", lambda _: 8)
    patch.setattr(rows_module, "block_rows", lambda _: 8)


@law
@given(
    table=table,
    weight=st.sampled_from(["w", None]),
    memory=st.sampled_from([0, 400, 2_000, MEMORY]),
    threads=st.sampled_from([1, 2]),
    twice=st.booleans(),
)
def test_a_group_has_the_batches_of_a_file_of_its_rows(table, weight, memory, threads, twice):
    data = pl.DataFrame(list(map(dict, (zip(TYPES, row, strict=True) for row in table))), schema=TYPES)
    numbered = data.with_row_index("row")
    options = {"weight": weight, "memory": memory, "threads": threads}
    if data["g"].n_unique() == len(data):
        return
    with pytest.MonkeyPatch.context() as patch:
        in_blocks_of_8(patch)
        names = []
        for group, dataset in groups_of(opened(data, **options)):
            mine = numbered.filter(pl.col("g").eq_missing(pl.lit(group.names[0])))
            alone = rows_of(opened(mine.select(*TYPES), **options))
            assert rows_of(dataset) == alone
            assert not twice or rows_of(dataset) == alone
            assert dataset.rows.counts.n == len(mine)
            assert [int(row) for batch in dataset.rows for row in batch.records(np.arange(len(batch)))] == list(
                mine["row"]
            )
            names.append(group.names[0])
        present = dict.fromkeys(data["g"])
        assert names == [name for name in present if name is not None] + [None] * (None in present)
        assert len(rows_of(dataset)) == len(alone)  # read again, once they are let go of


def values(evaluated):
    model = evaluated.models[0]
    return [
        (each.value, each.interval, each.skill, each.outlier_share, each.constant) for each in model.losses
    ], model.bias


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """Return two files of rows whose errors grow along the prediction, in groups of thousands; and their frame."""
    rng = np.random.default_rng(5)
    n = 12_000
    y_pred = rng.uniform(1, 100, n)
    data = pl.DataFrame(
        {
            "y_true": y_pred + y_pred * rng.standard_t(3, n),
            "y_pred": y_pred,
            "w": rng.integers(1, 9, n) / 4,
            "year": rng.integers(2019, 2021, n),
            "site": rng.choice(["x", "=1+1", "[b]y[/b]"], n, p=[0.8, 0.15, 0.05]),
        }
    )
    folder = tmp_path_factory.mktemp("parts")
    for number, part in enumerate((data[:7_000], data[7_000:])):
        part.write_csv(folder / f"{number}.csv")
        part.write_parquet(folder / f"{number}.parquet")
    return folder, data


@pytest.mark.parametrize(
    ("suffix", "threads", "memory"),
    [("csv", 1, MEMORY), ("parquet", 2, MEMORY), ("parquet", 1, 0), ("csv", 2, 300_000)],
)
def test_a_group_has_the_digits_of_files_of_its_rows(parts, tmp_path, suffix, threads, memory):
    folder, data = parts
    options = {"weight": "w", "threads": threads, "memory": memory}
    found = groups_of(opened(str(folder / f"*.{suffix}"), by=("site", "year"), **options))
    labels = []
    for group, dataset in found:
        labels.append(group.label)
        site, year = group.names
        mine = (pl.col("site") == site) & (pl.col("year") == int(year))
        for number, part in enumerate((data[:7_000], data[7_000:])):
            part.filter(mine).write_csv(tmp_path / f"{number}.csv")
        alone = open_dataset(Named(given=str(tmp_path / "*.csv")), Reading(weight="w", task=Task.REGRESSION))
        assert values(evaluate_dataset(dataset, None, level=0.95)) == values(evaluate_dataset(alone, None, level=0.95))
    assert sorted(labels) == sorted(f"site={s}, year={y}" for s in ("x", "=1+1", "[b]y[/b]") for y in (2019, 2020))


def failure(data, **options):
    with pytest.raises(InputError) as caught:
        list(groups_of(opened(data, **options)))
    return caught.value.message


def test_groups_of_one_row_and_too_many_groups_are_refused():
    n = 2 * (MOST_GROUPS + 1)
    data = {"y_true": np.arange(n), "y_pred": np.arange(n) + 0.5, "g": np.arange(n), "h": np.arange(n) // 2}
    assert failure(data) == "columns: --by 'g': every row is a group of its own"
    assert failure(data, by=("h",)) == "columns: --by 'h': 1001 groups, and 1000 are the most"
    with pytest.raises(UsageError, match="--by names column 'h' twice"):
        opened(data, by=("h", "h"))


FIRST = "id,y_true,y_pred,g\n1,1,2,a\n2,2,2,b\n3,3,3,b\n4,4,3,\n"


def aligned(tmp_path, first, second, by=("g",), **options):
    (tmp_path / "first.csv").write_text(first)
    (tmp_path / "second.csv").write_text(second)
    data = [Named(given=str(tmp_path / name)) for name in ("first.csv", "second.csv")]
    return open_aligned(data, Reading(task=Task.REGRESSION, **options), by=by)


def sizes(dataset):
    return {group.label: each.rows.counts.n for group, each in groups_of(dataset)}


def test_a_column_of_groups_may_be_of_any_of_the_files(tmp_path):
    lacking = "id,y_true,y_pred\n4,4,4\n3,3,3\n2,2,2\n1,1,1\n"
    expected = {"g=a": 1, "g=b": 2, "g=(missing)": 1}
    assert sizes(aligned(tmp_path, FIRST, lacking, on=("id",))) == expected
    assert sizes(aligned(tmp_path, FIRST, FIRST)) == expected
    found = sizes(aligned(tmp_path, lacking, FIRST, on=("id",)))
    assert found == expected
    assert list(found) == list(expected)


def test_files_that_put_a_row_into_different_groups_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"differ in 1 of 4 groups: .*first.csv:4 has 'b', .*second.csv:4 has 'a'"):
        sizes(aligned(tmp_path, FIRST, FIRST.replace("3,3,3,b", "3,3,3,a")))
    with pytest.raises(InputError, match=r"differ in 1 of 4 groups: .*first.csv:5 has none, .*second.csv:5 has 'new'"):
        sizes(aligned(tmp_path, FIRST, FIRST.replace("4,4,3,", "4,4,3,new"), on=("id",)))


def test_a_column_of_groups_that_no_file_has_is_named(tmp_path):
    with pytest.raises(InputError, match="'site'"):
        aligned(tmp_path, FIRST, FIRST, by=("site",))


def test_rows_that_are_left_out_are_of_no_group():
    data = {"y_true": [1.0, np.nan, 3.0, 4.0, 5.0], "y_pred": [1.0, 2.0, 3.0, 4.0, 5.0], "g": ["a", "b", "a", "c", "c"]}
    assert sizes(opened(data, missing=Missing.DROP)) == {"g=a": 2, "g=c": 2}
