"""What may be measured and what is refused, with its reason."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from probe_models import BERT_TOKENS, SIZES, build_bert, save, wordpiece
from safetensors.torch import load_file, save_file

from cardkit.errors import InputError, ProbeError
from cardkit.probe.files import file_hashes, weight_files
from cardkit.probe.load import MaskedLM, load
from cardkit.probe.locate import locate


def loaded(folder: Path) -> MaskedLM:
    return load(locate(str(folder)))


def copy(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to


def built(folder: Path, kind: str, model_class: str, **changes: Any) -> Path:
    """Save a small random model of any class with a BERT tokenizer."""
    tokenizer = wordpiece()
    config = getattr(transformers, f"{kind}Config")(
        vocab_size=tokenizer.get_vocab_size(), **{**SIZES, **changes}
    )
    return save(folder, getattr(transformers, model_class)(config), tokenizer, **BERT_TOKENS)


def test_the_weights_of_the_checkpoint_are_the_weights_measured(bert_folder: Path) -> None:
    first, second = loaded(bert_folder), loaded(bert_folder)
    stored = load_file(bert_folder / "model.safetensors")
    key = "bert.encoder.layer.0.attention.self.query.weight"
    for masked in (first, second):
        assert torch.equal(masked.model.state_dict()[key], stored[key])
        assert not masked.model.training
        assert next(masked.model.parameters()).dtype == torch.float32


def test_half_precision_is_read_into_float32(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "half")
    stored = load_file(folder / "model.safetensors")
    save_file(
        {key: value.half() for key, value in stored.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "dtype": "float16"}))
    assert {p.dtype for p in loaded(folder).model.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("kind", "model_class"),
    [
        ("Bert", "BertModel"),
        ("Bert", "BertForSequenceClassification"),
        ("Roberta", "RobertaModel"),
        ("DistilBert", "DistilBertModel"),
        ("Albert", "AlbertForSequenceClassification"),
        ("DebertaV2", "DebertaV2Model"),
    ],
)
def test_a_checkpoint_without_the_head_is_refused(
    tmp_path: Path, kind: str, model_class: str
) -> None:
    folder = built(tmp_path / "model", kind, model_class)
    with pytest.raises(ProbeError, match=f"no masked-LM head.*saved as {model_class}.*random"):
        loaded(folder)


HEAD_KEYS = [
    "cls.predictions.bias",
    "cls.predictions.transform.dense.weight",
    "cls.predictions.transform.LayerNorm.bias",
]


@pytest.mark.parametrize("key", HEAD_KEYS)
def test_one_missing_key_under_the_head_is_enough(
    tmp_path: Path, bert_folder: Path, key: str
) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    stored = load_file(folder / "model.safetensors")
    twins = {"cls.predictions.bias": "cls.predictions.decoder.bias"}
    for name in (key, twins.get(key)):
        stored.pop(name, None)
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ProbeError, match="no masked-LM head"):
        loaded(folder)


def test_a_missing_encoder_weight_is_refused(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    stored = load_file(folder / "model.safetensors")
    del stored["bert.encoder.layer.1.output.dense.weight"]
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ProbeError, match=r"1 weights are not in the checkpoint.*layer\.1\.output"):
        loaded(folder)


def test_the_old_names_of_berts_weights_are_not_missing(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    stored = load_file(folder / "model.safetensors")
    old = {
        key.replace("Norm.weight", "Norm.gamma").replace("Norm.bias", "Norm.beta"): value
        for key, value in stored.items()
        if "decoder" not in key
    }
    save_file(old, folder / "model.safetensors", metadata={"format": "pt"})
    new = loaded(folder).model.state_dict()
    assert all(torch.equal(new[key], value) for key, value in stored.items())


def test_electra_discriminator_is_refused_and_generator_is_not(tmp_path: Path) -> None:
    folder = built(tmp_path / "d", "Electra", "ElectraForPreTraining", embedding_size=16)
    with pytest.raises(ProbeError, match="trained to detect replaced tokens"):
        loaded(folder)
    generator = built(tmp_path / "g", "Electra", "ElectraForMaskedLM", embedding_size=16)
    assert loaded(generator).architecture == "ElectraForMaskedLM"


@pytest.mark.parametrize("kind", ["Deberta", "DebertaV2"])
def test_debertas_own_head_names_are_loaded(tmp_path: Path, kind: str) -> None:
    """The published checkpoints say nothing of `legacy`, and name the head `lm_predictions`."""
    folder = built(tmp_path / "model", kind, f"{kind}ForMaskedLM", legacy=False)
    config = json.loads((folder / "config.json").read_text())
    del config["legacy"]
    (folder / "config.json").write_text(json.dumps(config))
    masked = loaded(folder)
    stored = load_file(folder / "model.safetensors")
    key = "lm_predictions.lm_head.dense.weight"
    assert torch.equal(masked.model.state_dict()[key], stored[key])


@pytest.mark.parametrize("suffix", ["safetensors", "bin"])
def test_deberta_v3_is_refused_though_it_has_a_head(tmp_path: Path, suffix: str) -> None:
    """Its `lm_predictions` were never trained: the encoder learned to detect replaced tokens."""
    folder = built(tmp_path / "model", "DebertaV2", "DebertaV2ForMaskedLM", legacy=False)
    stored = load_file(folder / "model.safetensors")
    stored["mask_predictions.dense.weight"] = torch.zeros(2, 2)
    (folder / "model.safetensors").unlink()
    if suffix == "bin":
        torch.save(stored, folder / "pytorch_model.bin")
    else:
        save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ProbeError, match="trained to detect replaced tokens"):
        loaded(folder)


def test_pickled_weights_are_read_when_there_are_no_others(
    tmp_path: Path, bert_folder: Path
) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    stored = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    torch.save(stored, folder / "pytorch_model.bin")
    masked = loaded(folder)
    assert all(torch.equal(masked.model.state_dict()[key], stored[key]) for key in stored)
    assert set(file_hashes(folder)) >= {"config.json", "pytorch_model.bin", "tokenizer.json"}


def test_pickled_code_is_not_run(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    (folder / "model.safetensors").unlink()
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(trap),)

    torch.save({"bert.embeddings.word_embeddings.weight": Trap()}, folder / "pytorch_model.bin")
    with pytest.raises(ProbeError, match="cannot be loaded"):
        loaded(folder)
    assert not trap.exists()
    torch.load(folder / "pytorch_model.bin", weights_only=False)
    assert trap.exists()  # the trap does work


def test_code_of_the_model_is_not_run(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    trap = tmp_path / "trap"
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {"AutoConfig": "code.C", "AutoModelForMaskedLM": "code.M"}
    config["model_type"] = "of-its-own"
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "code.py").write_text(f"import os; os.mkdir({str(trap)!r})")
    with pytest.raises(ProbeError, match="cannot be loaded"):
        loaded(folder)
    assert not trap.exists()


def test_safetensors_are_preferred(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    (folder / "pytorch_model.bin").write_bytes(b"never opened")
    assert loaded(folder).architecture == "BertForMaskedLM"
    assert "pytorch_model.bin" not in file_hashes(folder)


def test_weights_in_shards(tmp_path: Path, bert_folder: Path) -> None:
    whole = loaded(bert_folder)
    folder = copy(bert_folder, tmp_path / "model")
    (folder / "model.safetensors").unlink()
    whole.model.save_pretrained(folder, max_shard_size="20KB")
    shards = weight_files(path.name for path in folder.iterdir())
    assert len(shards) > 2
    parts = loaded(folder).model.state_dict()
    assert all(torch.equal(parts[key], value) for key, value in whole.model.state_dict().items())
    assert set(shards) < set(file_hashes(folder))


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("model.safetensors", "holds no weights"),
        ("config.json", "no config.json"),
        ("tokenizer.json", "no tokenizer"),
    ],
)
def test_a_folder_without_its_files(
    tmp_path: Path, bert_folder: Path, missing: str, message: str
) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    (folder / missing).unlink()
    with pytest.raises(ProbeError, match=message):
        loaded(folder)


def test_an_adapter_says_so(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ProbeError, match="adapter; merge it"):
        loaded(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "Git LFS pointer"),
        (b"", "cannot be loaded"),
        (b"\x10\0\0\0\0\0\0\0{not json at all", "cannot be loaded"),
    ],
)
def test_weights_that_are_none(
    tmp_path: Path, bert_folder: Path, content: bytes, message: str
) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(ProbeError, match=message) as error:
        loaded(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"model_type": "no-such-type"}'])
def test_a_configuration_that_is_none(tmp_path: Path, bert_folder: Path, text: str) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    (folder / "config.json").write_text(text)
    with pytest.raises(ProbeError, match="model cannot be loaded") as error:
        loaded(folder)
    assert "\n" not in str(error.value)


def test_weights_of_another_size(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "hidden_size": 64}))
    with pytest.raises(ProbeError):
        loaded(folder)


def test_a_causal_model_is_refused(tmp_path: Path) -> None:
    tokenizer = wordpiece()
    config = transformers.GPT2Config(
        vocab_size=tokenizer.get_vocab_size(), n_embd=8, n_layer=1, n_head=1,
        bos_token_id=0, eos_token_id=0,
    )  # fmt: skip
    folder = save(tmp_path / "m", transformers.GPT2LMHeadModel(config), tokenizer, **BERT_TOKENS)
    with pytest.raises(ProbeError, match="no masked language model: gpt2"):
        loaded(folder)


def test_an_encoder_decoder_is_refused(tmp_path: Path) -> None:
    tokenizer = wordpiece()
    config = transformers.BartConfig(
        vocab_size=tokenizer.get_vocab_size(), d_model=8, encoder_layers=1, decoder_layers=1,
        encoder_attention_heads=1, decoder_attention_heads=1, encoder_ffn_dim=8, decoder_ffn_dim=8,
    )  # fmt: skip
    model = transformers.BartForConditionalGeneration(config)
    folder = save(tmp_path / "model", model, tokenizer, **BERT_TOKENS)
    with pytest.raises(ProbeError, match="encoder-decoder"):
        loaded(folder)


def test_a_tokenizer_without_offsets_is_refused(
    bert_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        is_fast = False

    monkeypatch.setattr(transformers.AutoTokenizer, "from_pretrained", lambda *_, **__: Slow())
    with pytest.raises(ProbeError, match="Slow gives no character offsets"):
        loaded(bert_folder)


def test_a_tokenizer_without_a_mask_is_refused(tmp_path: Path, bert_folder: Path) -> None:
    folder = copy(bert_folder, tmp_path / "model")
    config = json.loads((folder / "tokenizer_config.json").read_text())
    del config["mask_token"]
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    with pytest.raises(ProbeError, match="no mask token"):
        loaded(folder)


def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path) -> None:
    tokenizer = wordpiece()
    config = transformers.BertConfig(vocab_size=50, **SIZES)
    folder = save(tmp_path / "m", transformers.BertForMaskedLM(config), tokenizer, **BERT_TOKENS)
    with pytest.raises(ProbeError, match="do not belong together"):
        loaded(folder)


@pytest.mark.parametrize(
    "name", ["./not-here", "/no/such/folder", "a/b/c", "with space", "~no-such-user/x"]
)
def test_a_path_that_is_missing(name: str) -> None:
    with pytest.raises(InputError, match="no such folder"):
        locate(name)


def test_a_file_instead_of_its_folder(bert_folder: Path) -> None:
    with pytest.raises(InputError, match="give the folder"):
        locate(str(bert_folder / "model.safetensors"))


def test_the_name_is_never_a_path(bert_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert locate(str(bert_folder)).name == "bert"
    monkeypatch.chdir(bert_folder)
    assert locate(".").name == "bert"


def test_a_hash_changes_with_one_bit(tmp_path: Path) -> None:
    folder = build_bert(tmp_path / "model")
    before = file_hashes(folder)
    weights = folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    after = file_hashes(folder)
    assert [name for name in before if before[name] != after[name]] == ["model.safetensors"]


def test_record_and_markers_import_neither_torch_nor_numpy() -> None:
    code = (
        "import sys, cardkit.probe.record, cardkit.probe.markers, cardkit.cli.bias_probe;"
        "print([m for m in ('torch', 'transformers', 'numpy', 'jsonschema') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
