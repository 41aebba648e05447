"""config.json of transformers (and of libraries that use the same file)."""

from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.adapters import is_hub_id
from cardkit.facts.folder import Fact, Folder, count

FILE: Final = "config.json"
#: End of an architecture's name -> task; only where the one means the other.
_TASKS: Final = {
    "ForMaskedLM": "fill-mask",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "ForMultipleChoice": "multiple-choice",
    "ForCausalLM": "text-generation",
    "ForImageClassification": "image-classification",
    "ForObjectDetection": "object-detection",
    "ForSemanticSegmentation": "image-segmentation",
    "ForUniversalSegmentation": "image-segmentation",
    "ForDepthEstimation": "depth-estimation",
    "ForVideoClassification": "video-classification",
    "ForAudioClassification": "audio-classification",
    "ForCTC": "automatic-speech-recognition",
    "ForSpeechSeq2Seq": "automatic-speech-recognition",
}
#: Whole names whose end says too little.
_EXACT: Final = {
    "WhisperForConditionalGeneration": "automatic-speech-recognition",
    "Speech2TextForConditionalGeneration": "automatic-speech-recognition",
    "MarianMTModel": "translation",
    "TapasForQuestionAnswering": "table-question-answering",
    "GPT2LMHeadModel": "text-generation",
    "OpenAIGPTLMHeadModel": "text-generation",
    "CTRLLMHeadModel": "text-generation",
    "TransfoXLLMHeadModel": "text-generation",
    "XLNetLMHeadModel": "text-generation",
    # Encoders without a head give vectors.
    "BertModel": "feature-extraction",
    "RobertaModel": "feature-extraction",
    "XLMRobertaModel": "feature-extraction",
    "DistilBertModel": "feature-extraction",
    "AlbertModel": "feature-extraction",
    "ElectraModel": "feature-extraction",
    "ConvBertModel": "feature-extraction",
    "FunnelModel": "feature-extraction",
    "MPNetModel": "feature-extraction",
    "DebertaV2Model": "feature-extraction",
}
#: RoBERTa and its kin count positions from two on (fairseq's padding), so two fewer are of use.
_OFFSET: Final = frozenset(
    ("roberta", "xlm-roberta", "xlm-roberta-xl", "camembert", "longformer", "data2vec-text", "roberta-prelayernorm", "mpnet", "xmod", "ibert")
)  # fmt: skip
#: Models of speech, whose classifiers classify sound.
_SPEECH: Final = frozenset(
    ("wav2vec2", "wav2vec2-bert", "wav2vec2-conformer", "hubert", "wavlm", "unispeech", "unispeech-sat", "sew", "sew-d", "data2vec-audio", "audio-spectrogram-transformer", "whisper")
)  # fmt: skip


def read(folder: Folder) -> Iterator[Fact]:
    """Yield architecture, task, library, base model, sizes and labels from config.json."""
    if folder.has("model_index.json") or folder.has("weights.th"):
        return  # of a diffusion pipeline it describes one part, of AllenNLP it is something else
    data = folder.json(FILE)
    if not isinstance(data, dict):
        return
    architectures = data.get("architectures")
    model_type = data.get("model_type")
    model_type = model_type if isinstance(model_type, str) else None
    if isinstance(model_type, str):
        yield Fact("model-type", model_type, FILE, "model_type")
    if isinstance(data.get("pretrained_cfg"), dict) and isinstance(data.get("architecture"), str):
        yield Fact("library_name", "timm", FILE, "pretrained_cfg")
        yield Fact("architecture", data["architecture"], FILE, "architecture")
    if isinstance(model_type, str) or isinstance(data.get("transformers_version"), str):
        key = "model_type" if isinstance(model_type, str) else "transformers_version"
        yield Fact("library_name", "transformers", FILE, key)
    if isinstance(data.get("transformers_version"), str):
        yield Fact(
            "version-transformers", data["transformers_version"], FILE, "transformers_version"
        )
    if (
        isinstance(architectures, list)
        and len(architectures) == 1
        and isinstance(architectures[0], str)
    ):
        yield Fact("architecture", architectures[0], FILE, "architectures")
        if task := infer_task(architectures[0], model_type):
            yield Fact("pipeline_tag", task, FILE, "architectures")
    # What the weights or the configuration were loaded from; the Trainer's card says the same.
    if is_hub_id(data.get("_name_or_path")):
        yield Fact("base_model", data["_name_or_path"], FILE, "_name_or_path")
        if folder.has("trainer_state.json"):
            yield Fact("base_model_relation", "finetune", FILE, "_name_or_path")
    for key, name in (
        ("max_position_embeddings", "context-length"),
        ("n_positions", "context-length"),
        ("vocab_size", "vocabulary-size"),
    ):
        value = count(data.get(key))
        # Models of speech count frames of sound there, and word pieces elsewhere.
        if name == "context-length" and value:
            if model_type in _SPEECH:
                continue
            value -= 2 if model_type in _OFFSET else 0
        # Encoders of sound carry the default of a vocabulary that they may not have.
        if name == "vocabulary-size" and model_type in _SPEECH and model_type != "whisper":
            continue
        if value:
            yield Fact(name, value, FILE, key)
    labels = data.get("id2label")
    if isinstance(labels, dict) and labels and not _generic(labels):
        yield Fact("labels", [str(label) for label in labels.values()], FILE, "id2label")
    if isinstance(data.get("torch_dtype"), str):
        yield Fact("dtype", data["torch_dtype"], FILE, "torch_dtype")
    yield from _quantization(data.get("quantization_config"))


def _quantization(data: Any) -> Iterator[Fact]:
    """Yield how weights were packed: method and bits."""
    if not isinstance(data, dict) or not isinstance(data.get("quant_method"), str):
        return
    bits = data.get("bits") or (4 if data.get("load_in_4bit") is True else None)
    bits = bits or (8 if data.get("load_in_8bit") is True else None)
    text = data["quant_method"] + (f", {bits} bits" if count(bits) else "")
    yield Fact("quantization", [text], FILE, "quant_method")
    # bitsandbytes packs while loading, also what is then fine-tuned; these pack a finished model.
    if data["quant_method"] in ("gptq", "awq", "aqlm", "hqq", "quip", "vptq"):
        yield Fact("base_model_relation", "quantized", FILE, "quant_method")


def infer_task(architecture: str, model_type: Any = None) -> str | None:
    """Return the task an architecture is for, where its name leaves no doubt.

    ``task_specific_params`` is not asked: it comes with the base model, whatever was made of it.
    """
    if architecture in _EXACT:
        return _EXACT[architecture]
    if architecture.endswith("ForSequenceClassification"):
        return "audio-classification" if model_type in _SPEECH else "text-classification"
    return next((task for end, task in _TASKS.items() if architecture.endswith(end)), None)


def _generic(labels: dict[Any, Any]) -> bool:
    """Tell the labels that transformers fills in (LABEL_0, LABEL_1) from real ones."""
    return all(str(label).startswith("LABEL_") for label in labels.values())
