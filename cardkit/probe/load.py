"""Load a masked language model, or say why it must not be measured.

A model whose masked-LM head is missing from the checkpoint gets a random head from the loader,
and every number measured on it would be noise. So any missing weight is a refusal.
"""

import contextlib
from collections.abc import Iterator, Set
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cardkit.errors import ProbeError
from cardkit.probe.files import check_folder, safetensors_keys
from cardkit.probe.locate import Located
from cardkit.probe.quiet import quiet

# Heads that tell replaced tokens from original ones; a checkpoint with one was trained for that.
_DETECTION_HEADS = ("mask_predictions.", "discriminator_predictions.")
_DETECTION_TYPES = {"deberta", "deberta-v2", "electra"}


@dataclass(frozen=True, slots=True)
class MaskedLM:
    """A model ready to be measured: evaluation mode, float32, on one device."""

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
    """Raise one clear ProbeError when torch or transformers is not installed."""
    missing = [name for name in ("torch", "transformers") if find_spec(name) is None]
    if missing:
        raise ProbeError(
            f"the bias probe needs torch and transformers ({missing[0]} is missing);"
            " install them with: pip install 'cardkit[probe]' (in a checkout: '.[probe]')"
        )


def load(located: Located) -> MaskedLM:
    """Load a model and its tokenizer with ``from_pretrained``, code from the model never run.

    Raises:
        ProbeError: the model cannot be loaded, has no masked-LM head in its checkpoint, or has a
            tokenizer that gives no character offsets or knows no mask token.
    """
    require_extra()
    weights = check_folder(located.folder, located.name)
    with quiet():
        model = _load_model(located, weights)
        tokenizer = _load_tokenizer(located)
    config: Any = model.config
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        raise ProbeError(
            f"{located.name}: the tokenizer has {len(tokenizer)} tokens, the model {rows};"
            " they do not belong together"
        )
    # RoBERTa counts positions from the padding index + 1, so two of them are never used.
    limit = getattr(config, "max_position_embeddings", 0) or 0
    return MaskedLM(
        name=located.name,
        folder=located.folder,
        commit=located.commit,
        model=model,
        tokenizer=tokenizer,
        mask_id=tokenizer.mask_token_id,
        unknown_id=tokenizer.unk_token_id,
        vocabulary=rows,
        max_length=limit - 2 if limit > 2 else 1_000_000,
    )


def _load_model(located: Located, weights: list[str]) -> Any:
    from transformers import AutoConfig
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

    name = located.name
    with _as_probe_error(name):
        config = AutoConfig.from_pretrained(located.folder, trust_remote_code=False)
    kind = config.model_type
    if getattr(config, "is_encoder_decoder", False):
        raise ProbeError(
            f"{name} is an encoder-decoder ({kind}): it fills spans, and this method is for"
            " masked language models"
        )
    if kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        raise ProbeError(f"{name} is no masked language model: {kind} models have no such head")
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
    _refuse_missing(name, model, missing, config)
    return model.float().eval()


def _from_pretrained(located: Located, config: Any, weights: list[str]) -> tuple[Any, Set[str]]:
    from transformers import AutoModelForMaskedLM

    with _as_probe_error(located.name):
        model, info = AutoModelForMaskedLM.from_pretrained(
            located.folder,
            config=config,
            output_loading_info=True,
            trust_remote_code=False,
            use_safetensors=any(name.endswith(".safetensors") for name in weights),
        )
    return model, set(info["missing_keys"]) | set(info["mismatched_keys"])


def _refuse_missing(name: str, model: Any, missing: Set[str], config: Any) -> None:
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


def _load_tokenizer(located: Located) -> Any:
    from transformers import AutoTokenizer

    with _as_probe_error(located.name):
        tokenizer = AutoTokenizer.from_pretrained(located.folder, trust_remote_code=False)
    if not tokenizer.is_fast:
        raise ProbeError(
            f"{located.name}: {type(tokenizer).__name__} gives no character offsets, without which"
            " the words cannot be found reliably; a tokenizer.json is needed"
        )
    if tokenizer.mask_token_id is None:
        raise ProbeError(f"{located.name}: the tokenizer has no mask token")
    return tokenizer


def _keys(folder: Path, weights: list[str]) -> set[str]:
    """Return the names of all tensors in the checkpoint."""
    import torch

    keys: set[str] = set()
    for name in weights:
        if name.endswith(".safetensors"):
            keys |= safetensors_keys(folder / name)
        elif name.endswith(".bin"):
            with _as_probe_error(folder.name):
                keys |= set(torch.load(folder / name, map_location="meta", weights_only=True))
    return keys


@contextlib.contextmanager
def _as_probe_error(name: str) -> Iterator[None]:
    """Turn whatever the loading libraries raise into one line that names the model."""
    try:
        yield
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ProbeError(f"{name} cannot be loaded: {first}") from error
