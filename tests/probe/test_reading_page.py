"""The page for readers who are no statisticians says what the section of its model says."""

import importlib.util
from types import ModuleType

import pytest
from test_bias_probe_command import BERT_TINY, ROOT


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    path = ROOT / "benchmarks" / "reading_page.py"
    spec = importlib.util.spec_from_file_location("reading_page", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def section(benchmark: ModuleType) -> str:
    if not BERT_TINY.exists():
        pytest.skip("the shared model is not here")
    text: str = benchmark.measured(str(BERT_TINY))
    return text


def test_the_page_holds(benchmark: ModuleType, section: str) -> None:
    page = benchmark.PAGE.read_text("utf-8")
    assert len(benchmark.boxes(page)) > 10
    assert not benchmark.problems(page, section)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("| −0.27 | [−0.39", "| −0.28 | [−0.39", "not in the section: | mean lean"),
        ("divides the\nodds of *she* by 1.31", "divides the\nodds of *she* by 1.33", "number of the section: 1.33"),
        ("70 times in 100", "71 times in 100", "71 times in 100"),
        ("+0.69 doubles", "+0.70001 doubles", "+0.70001"),
    ],
)  # fmt: skip
def test_a_wrong_number_would_be_noticed(
    benchmark: ModuleType, section: str, old: str, new: str, said: str
) -> None:
    page = benchmark.PAGE.read_text("utf-8")
    assert old in page
    wrong = benchmark.problems(page.replace(old, new), section)
    assert len(wrong) >= 1
    assert any(said in line for line in wrong)


def test_the_page_explains_every_term_of_the_tables(benchmark: ModuleType) -> None:
    from cardkit.probe.wording import words

    page = " ".join(benchmark.PAGE.read_text("utf-8").lower().split())
    english = words("en")
    for key in (
        "mean",
        "mean_size",
        "interval",
        "p_signs",
        "p_holm",
        "different",
        "undecided",
        "n",
    ):
        name = english[key].split(",")[0] if key == "mean_size" else english[key]
        assert name.lower() in page, name
    for term in ("odds", "nats", "noise floor", "rank correlation", "holm", "hollow"):
        assert term in page
