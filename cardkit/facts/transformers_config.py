"""config.json and tokenizer_config.json of transformers."""

from collections.abc import Iterator
from typing import Any, Final

Found = Iterator[tuple[str, Any, str]]

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
}
#: Models of speech, whose classifiers classify sound.
_SPEECH: Final = frozenset(
    ("wav2vec2", "wav2vec2-bert", "wav2vec2-conformer", "hubert", "wavlm", "unispeech", "unispeech-sat", "sew", "sew-d", "data2vec-audio", "audio-spectrogram-transformer", "whisper")
)  # fmt: skip


def read_config(data: Any) -> Found:
    """Yield architecture, task, library, sizes and labels from config.json."""
    if not isinstance(data, dict):
        return
    architectures = data.get("architectures")
    model_type = data.get("model_type")
    if isinstance(model_type, str):
        yield "model-type", model_type, "model_type"
    if isinstance(data.get("transformers_version"), str):
        yield "library_name", "transformers", "transformers_version"
    if (
        isinstance(architectures, list)
        and len(architectures) == 1
        and isinstance(architectures[0], str)
    ):
        yield "architecture", architectures[0], "architectures"
        if task := infer_task(architectures[0], model_type):
            yield "pipeline_tag", task, "architectures"
    for key, name in (
        ("max_position_embeddings", "context-length"),
        ("vocab_size", "vocabulary-size"),
    ):
        value = data.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9:
            yield name, value, key
    labels = data.get("id2label")
    if isinstance(labels, dict) and labels and not _generic(labels):
        yield "labels", [str(label) for label in labels.values()], "id2label"


def infer_task(architecture: str, model_type: Any = None) -> str | None:
    """Return the task an architecture is for, where its name leaves no doubt."""
    if architecture in _EXACT:
        return _EXACT[architecture]
    if architecture.endswith("ForSequenceClassification"):
        return "audio-classification" if model_type in _SPEECH else "text-classification"
    return next((task for end, task in _TASKS.items() if architecture.endswith(end)), None)


def _generic(labels: dict[Any, Any]) -> bool:
    """Tell the labels that transformers fills in (LABEL_0, LABEL_1) from real ones."""
    return all(str(label).startswith("LABEL_") for label in labels.values())


def read_tokenizer(data: Any) -> Found:
    """Yield the mask token, and the language where the tokenizer states it as a code."""
    if not isinstance(data, dict):
        return
    mask = data.get("mask_token")
    if isinstance(mask, dict):
        mask = mask.get("content")
    if isinstance(mask, str):
        yield "mask-token", mask, "mask_token"
    language = data.get("language")
    if isinstance(language, str) and len(language) == 2 and language.islower():
        yield "language", [language], "language"
