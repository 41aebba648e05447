"""Load a causal language model. Its scores are another measure and never mixed with masked ones."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardkit.errors import ProbeError
from cardkit.probe.files import check_folder
from cardkit.probe.load import (
    UNLIMITED,
    as_probe_error,
    from_checkpoint,
    load_tokenizer,
    placed,
    refuse_missing,
    require_extra,
    vocabulary_size,
)
from cardkit.probe.locate import Located
from cardkit.probe.precision import full_float32
from cardkit.probe.quiet import quiet

_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class CausalLM:
    """A causal model ready to be measured: evaluation mode, one precision, one device."""

    name: str
    folder: Path
    commit: str | None
    model: Any  # a transformers PreTrainedModel
    tokenizer: Any  # a transformers PreTrainedTokenizerFast
    start_id: int  # the token that every sentence is conditioned on
    unknown_id: int | None
    vocabulary: int  # rows of the embedding matrix
    max_length: int  # tokens in a sentence, without the start token
    device: str = "cpu"
    dtype: str = "float32"


def load_causal(located: Located, *, device: str = "cpu", dtype: str = "float32") -> CausalLM:
    """Load a model with a causal head; arguments as ``load.load``.

    Raises:
        ProbeError: it cannot be loaded, a weight is missing from the checkpoint, the tokenizer has
            no token to start from, or the model looks at later tokens.
    """
    require_extra()
    weights = check_folder(located.folder, located.name)
    with quiet():
        model = placed(_load_model(located, weights), device, dtype)
        tokenizer = load_tokenizer(located)
    _check_direction(located.name, model)
    start = tokenizer.bos_token_id
    if start is None:
        start = tokenizer.eos_token_id
    if start is None:
        raise ProbeError(f"{located.name}: the tokenizer has no token that a sentence starts from")
    limit = getattr(model.config, "max_position_embeddings", 0) or 0
    return CausalLM(
        name=located.name,
        folder=located.folder,
        commit=located.commit,
        model=model,
        tokenizer=tokenizer,
        start_id=start,
        unknown_id=tokenizer.unk_token_id,
        vocabulary=vocabulary_size(located.name, model, tokenizer),
        max_length=limit - 1 if limit > 1 else UNLIMITED,
        device=device,
        dtype=dtype,
    )


def _load_model(located: Located, weights: list[str]) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

    name = located.name
    with as_probe_error(name):
        config: Any = AutoConfig.from_pretrained(located.folder, trust_remote_code=False)
    kind = config.model_type
    if kind not in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES or config.is_encoder_decoder:
        raise ProbeError(f"{name} is no causal language model: {kind} models have no such head")
    model, missing = from_checkpoint(AutoModelForCausalLM, located, config, weights)
    refuse_missing(name, model, missing, config)
    return model


def _check_direction(name: str, model: Any) -> None:
    """Refuse an encoder loaded as a decoder: what follows must not change what comes before."""
    import torch

    ids = torch.tensor([[1, 2, 3], [1, 2, 4]], device=model.device)
    with quiet(), torch.inference_mode(), full_float32():
        first, second = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits.float()
    scale = 1 + float(first[:2].abs().max())
    if not torch.allclose(first[:2], second[:2], atol=_TOLERANCE * scale, equal_nan=True):
        raise ProbeError(
            f"{name} reads later tokens as well, so it gives no causal probabilities; measure it as"
            " a masked language model"
        )
