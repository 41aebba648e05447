"""Small models with random weights, saved as files and loaded the way a user's model is."""

import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from probe_command import cardkit  # noqa: E402
from probe_models import (  # noqa: E402
    build_albert,
    build_bert,
    build_gpt2,
    build_roberta,
    build_uniform,
    build_unigram,
)

from cardkit.probe.load import MaskedLM, load  # noqa: E402
from cardkit.probe.locate import locate  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def _few_threads() -> None:
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _models_need_not_read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let random models be measured, except where being refused is what is tested."""
    from cardkit.probe import sanity

    if request.module.__name__ != "test_sanity":
        monkeypatch.setattr(sanity, "LEAST", -1000.0)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep scores of interrupted runs away from the user's own cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_bert(tmp_path_factory.mktemp("models") / "bert")


@pytest.fixture(scope="session")
def demo_folder() -> Path:
    """The one small model here that was trained, and so can read."""
    import cardkit

    return Path(cardkit.__file__).parent / "demo_model"


@pytest.fixture(scope="session")
def roberta_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_roberta(tmp_path_factory.mktemp("models") / "roberta")


@pytest.fixture(scope="session")
def albert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_albert(tmp_path_factory.mktemp("models") / "albert")


@pytest.fixture(scope="session")
def unigram_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_unigram(tmp_path_factory.mktemp("models") / "unigram")


@pytest.fixture(scope="session")
def uniform_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_uniform(tmp_path_factory.mktemp("models") / "uniform")


@pytest.fixture(scope="session")
def gpt2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_gpt2(tmp_path_factory.mktemp("models") / "gpt2")


@pytest.fixture(scope="session")
def bert(bert_folder: Path) -> MaskedLM:
    return load(locate(str(bert_folder)))


@pytest.fixture(scope="session", params=["bert", "roberta", "albert"])
def any_model(request: pytest.FixtureRequest) -> MaskedLM:
    """A BERT with WordPiece, a RoBERTa with byte-level BPE, an ALBERT with SentencePiece."""
    return load(locate(str(request.getfixturevalue(f"{request.param}_folder"))))


@pytest.fixture(scope="session")
def measured_folder(tmp_path_factory: pytest.TempPathFactory, demo_folder: Path) -> Path:
    """The demo model with a card that holds its measurement, and its results."""
    folder = tmp_path_factory.mktemp("measured") / "model"
    shutil.copytree(demo_folder, folder)
    card = folder / "README.md"
    card.write_text("---\nlicense: mit\n---\n# A model\n", encoding="utf-8")
    done = cardkit(folder, "--card", card, "--output", folder / "results.json")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def measured_model(measured_folder: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return Path(shutil.copytree(measured_folder, tmp_path / "model"))
