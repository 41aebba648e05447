"""Load a language model, masked or causal, or say why it must not be measured.

A model whose masked-LM head is missing from the checkpoint gets a random head from the loader,
and every number measured on it would be noise. So any missing weight is a refusal.
"""

import contextlib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cardkit.errors import ProbeError, UsageError
from cardkit.probe.files import check_folder, safetensors_keys
from cardkit.probe.locate import Located
from cardkit.probe.quiet import quiet

# Heads that tell replaced tokens from original ones; a checkpoint with one was trained for that.
_DETECTION_HEADS = ("mask_predictions.", "discriminator_predictions.")
_DETECTION_TYPES = {"deberta", "deberta-v2", "electra"}

DTYPES = ("float32", "bfloat16")
UNLIMITED = 1_000_000  # tokens in a sentence, of a model that sets no limit


@dataclass(frozen=True, slots=True)
class MaskedLM:
    """A masked model ready to be measured: evaluation mode, one precision, one device."""

    name: str
    folder: Path
    commit: str | None
    model: Any  # a transformers PreTrainedModel
    tokenizer: Any  # a transformers PreTrainedTokenizerFast
    mask_id: int
    unknown_id: int | None
    vocabulary: int  # rows of the embedding matrix
    max_length: int  # tokens in a sentence
    device: str = "cpu"
    dtype: str = "float32"

    @property
    def architecture(self) -> str:
        """Return the name of the model's class."""
        return type(self.model).__name__


def require_extra() -> None:
    """Raise one clear ProbeError when torch, transformers or scipy is not installed."""
    missing = [name for name in ("torch", "transformers", "scipy") if find_spec(name) is None]
    if missing:
        raise ProbeError(
            f"the bias probe needs torch, transformers and scipy ({missing[0]} is missing);"
            " install them with: pip install 'cardkit[probe]' (in a checkout: '.[probe]')"
        )


def load(located: Located, *, device: str = "cpu", dtype: str = "float32") -> MaskedLM:
    """Load a model and its tokenizer with ``from_pretrained``, code from the model never run.

    Args:
        located: where it is.
        device: "cpu", "cuda", "cuda:1" …
        dtype: precision of the weights and of the passes, one of ``DTYPES``.

    Raises:
        ProbeError: the model cannot be loaded, has no masked-LM head in its checkpoint, or has a
            tokenizer that gives no character offsets or knows no mask token.
    """
    require_extra()
    weights = check_folder(located.folder, located.name)
    with quiet():
        model = placed(_load_model(located, weights), device, dtype)
        tokenizer = load_tokenizer(located)
    if tokenizer.mask_token_id is None:
        raise ProbeError(f"{located.name}: the tokenizer has no mask token")
    rows = vocabulary_size(located.name, model, tokenizer)
    # RoBERTa counts positions from the padding index + 1, so two of them are never used.
    limit = getattr(model.config, "max_position_embeddings", 0) or 0
    return MaskedLM(
        name=located.name,
        folder=located.folder,
        commit=located.commit,
        model=model,
        tokenizer=tokenizer,
        mask_id=tokenizer.mask_token_id,
        unknown_id=tokenizer.unk_token_id,
        vocabulary=rows,
        max_length=limit - 2 if limit > 2 else UNLIMITED,
        device=device,
        dtype=dtype,
    )


def placed(model: Any, device: str, dtype: str) -> Any:
    """Return the model in evaluation mode, in that precision, on that device.

    Raises:
        UsageError: no such precision here, or no such device.
    """
    import torch

    if dtype not in DTYPES:
        raise UsageError(f'no dtype is called "{dtype}"; there is: {", ".join(DTYPES)}')
    try:
        return model.to(device=torch.device(device), dtype=getattr(torch, dtype)).eval()
    except (RuntimeError, AssertionError) as error:
        raise UsageError(f'device "{device}" cannot be used: {first_line(error)}') from None


def vocabulary_size(name: str, model: Any, tokenizer: Any) -> int:
    """Return the number of rows of the embedding matrix.

    Raises:
        ProbeError: the tokenizer knows more tokens than that.
    """
    rows: int = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ProbeError(
            f"{name}: the tokenizer has {len(tokenizer)} tokens, the model {rows};"
            " they do not belong together"
        )
    return rows


def _load_model(located: Located, weights: list[str]) -> Any:
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

    name = located.name
    with as_probe_error(name):
        config = AutoConfig.from_pretrained(located.folder, trust_remote_code=False)
    kind = config.model_type
    if getattr(config, "is_encoder_decoder", False):
        raise ProbeError(
            f"{name} is an encoder-decoder ({kind}): it fills spans, and this method is for"
            " masked language models"
        )
    if kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        raise ProbeError(
            f"{name} is no masked language model: {kind} models have no such head; of a causal one"
            " cardkit.probe.Scorer.load(…, causal=True) scores sentences, which is another measure"
        )
    detects = kind in _DETECTION_TYPES and any(
        key.startswith(_DETECTION_HEADS) for key in _keys(located.folder, weights)
    )
    if detects:
        raise _no_head(name, " (it was trained to detect replaced tokens)")
    model, missing = _from_pretrained(located, config, weights)
    if missing and hasattr(config, "legacy"):
        # DeBERTa's own checkpoints name the head in a way that only legacy=False finds.
        config.legacy = False
        model, missing = _from_pretrained(located, config, weights)
    refuse_missing(name, model, missing, config)
    return model


def _from_pretrained(located: Located, config: Any, weights: list[str]) -> tuple[Any, Set[str]]:
    from transformers import AutoModelForMaskedLM

    return from_checkpoint(AutoModelForMaskedLM, located, config, weights)


def from_checkpoint(
    auto: Any, located: Located, config: Any, weights: list[str]
) -> tuple[Any, Set[str]]:
    """Load with one of the Auto classes; return the model and the keys that the file lacks."""
    with as_probe_error(located.name):
        model, info = auto.from_pretrained(
            located.folder,
            config=config,
            output_loading_info=True,
            trust_remote_code=False,
            use_safetensors=any(name.endswith(".safetensors") for name in weights),
        )
    return model, set(info["missing_keys"]) | set(info["mismatched_keys"])


def refuse_missing(name: str, model: Any, missing: Set[str], config: Any) -> None:
    """Raise ProbeError if any weight would be random; ``missing`` names them."""
    if not missing:
        return
    inside = model.base_model_prefix + "."
    head = sorted(key for key in missing if not key.startswith(inside))
    if head:
        saved_as = getattr(config, "architectures", None) or ["another class"]
        raise _no_head(name, f" ({', '.join(head[:2])} … missing; it was saved as {saved_as[0]})")
    some = ", ".join(sorted(missing)[:3])
    raise ProbeError(
        f"{name}: {len(missing)} weights are not in the checkpoint ({some} …) and would be random."
        " Nothing was measured and nothing was written."
    )


def _no_head(name: str, why: str) -> ProbeError:
    return ProbeError(
        f"{name} has no masked-LM head in its checkpoint{why}, so its fill-mask probabilities"
        " would be random. Nothing was measured and nothing was written."
    )


def load_tokenizer(located: Located) -> Any:
    """Load the tokenizer.

    Raises:
        ProbeError: it cannot be loaded, or gives no character offsets.
    """
    from transformers import AutoTokenizer

    with as_probe_error(located.name):
        tokenizer = AutoTokenizer.from_pretrained(located.folder, trust_remote_code=False)
    if not tokenizer.is_fast:
        raise ProbeError(
            f"{located.name}: {type(tokenizer).__name__} gives no character offsets, without which"
            " the words cannot be found reliably; a tokenizer.json is needed"
        )
    return tokenizer


def _keys(folder: Path, weights: list[str]) -> set[str]:
    """Return the names of all tensors in the checkpoint."""
    import torch

    keys: set[str] = set()
    for name in weights:
        if name.endswith(".safetensors"):
            keys |= safetensors_keys(folder / name)
        elif name.endswith(".bin"):
            with as_probe_error(folder.name):
                keys |= set(torch.load(folder / name, map_location="meta", weights_only=True))
    return keys


@contextlib.contextmanager
def as_probe_error(name: str) -> Iterator[None]:
    """Turn whatever the loading libraries raise into one line that names the model."""
    try:
        yield
    except Exception as error:
        raise ProbeError(f"{name} cannot be loaded: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, or its type when it has none."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
