"""float32 is computed as float32, whatever the program around has allowed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from cardkit.probe import Scorer
from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import locate
from cardkit.probe.precision import full_float32

LEGACY = "torch.set_float32_matmul_precision('medium'); torch.backends.cudnn.allow_tf32 = True"
NEW = "torch.backends.cuda.matmul.fp32_precision = 'tf32'"
NEWER = "torch.backends.fp32_precision = 'tf32'; torch.backends.mkldnn.matmul.fp32_precision='bf16'"

#: In a process of its own: the settings are the process's, and mixed ones cannot be undone.
SCRIPT = """
import torch
from cardkit.probe.precision import full_float32
{setting}
def seen():
    found = []
    for read in (
        torch.get_float32_matmul_precision,
        lambda: torch.backends.cudnn.allow_tf32,
        lambda: torch.backends.cuda.matmul.allow_tf32,
        lambda: torch.backends.cuda.matmul.fp32_precision,
        lambda: torch.backends.cudnn.conv.fp32_precision,
        lambda: torch.backends.mkldnn.matmul.fp32_precision,
    ):
        try:
            found.append(read())
        except (RuntimeError, AttributeError) as error:
            found.append(type(error).__name__)
    return found
before = seen()
try:
    with full_float32():
        print(seen())
        raise KeyError
except KeyError:
    pass
print(seen() == before)
"""


@pytest.mark.parametrize("setting", ["pass", LEGACY, NEW, NEWER])
def test_tf32_is_off_and_the_settings_are_put_back(setting: str) -> None:
    if setting in (NEW, NEWER) and not hasattr(torch.backends.cuda.matmul, "fp32_precision"):
        pytest.skip("this torch has only the older settings")
    code = SCRIPT.format(setting=setting)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    inside, back = done.stdout.splitlines()
    assert inside.startswith("['highest', False, False")
    assert "tf32" not in inside
    assert "bf16" not in inside
    assert back == "True"


@pytest.fixture
def loose() -> object:
    """Allow everything, as a training script may have done; put back afterwards."""
    with full_float32():
        torch.set_float32_matmul_precision("medium")
        torch.backends.cudnn.allow_tf32 = True
        yield


CALLS: dict[str, Callable[[Scorer], object]] = {
    "pair_scores": lambda scorer: scorer.pair_scores([("she is", "he is")]),
    "top_k": lambda scorer: scorer.top_k(["she [MASK]"], 1),
    "aula": lambda scorer: scorer.aul(["she is"], attention_weighted=True),
}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.usefixtures("loose")
def test_every_forward_pass_is_in_full_float32(bert_folder: Path, name: str) -> None:
    masked: MaskedLM = load(locate(str(bert_folder)))
    seen: set[tuple[str, bool]] = set()
    masked.model.register_forward_pre_hook(
        lambda *_: seen.add((torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32))
    )
    CALLS[name](Scorer(masked))
    assert seen == {("highest", False)}
    assert torch.get_float32_matmul_precision() == "medium"
    assert torch.backends.cudnn.allow_tf32
