"""Facts of a model folder: each reader on real files, and on files that are broken on purpose."""

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from cardkit.facts import Facts, read_facts
from cardkit.facts.citation import bibtex
from cardkit.facts.folder import Folder
from cardkit.facts.licenses import from_title
from cardkit.facts.training import thin


def put(folder: Path, name: str, content: Any) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif isinstance(content, str):
        path.write_text(content, "utf-8")
    else:
        path.write_text(json.dumps(content), "utf-8")


def facts_of(folder: Path, files: dict[str, Any]) -> Facts:
    for name, content in files.items():
        put(folder, name, content)
    return read_facts(str(folder))


def test_safetensors_are_counted_from_the_header(tmp_path: Path) -> None:
    tensors = {"a": np.zeros((3, 5), np.float32), "ids": np.zeros((0,), np.int64)}
    safetensors.numpy.save_file(tensors, tmp_path / "model.safetensors")
    facts = read_facts(str(tmp_path))
    assert (facts.get("parameters"), facts.get("dtype")) == (15, "F32")
    assert facts.by_name["parameters"].source == "model.safetensors: shape"


def test_shards_are_summed_and_packed_integers_are_no_parameters(tmp_path: Path) -> None:
    half = {"a": np.zeros((4, 4), np.float16)}
    for i in (1, 2):
        safetensors.numpy.save_file(half, tmp_path / f"model-0000{i}.safetensors")
    weights = {"a": "model-00001.safetensors", "b": "model-00002.safetensors"}
    facts = facts_of(tmp_path, {"model.safetensors.index.json": {"weight_map": weights}})
    assert (facts.get("parameters"), facts.get("shards")) == (32, 2)
    safetensors.numpy.save_file(
        {"q": np.zeros((9, 9), np.int32)}, tmp_path / "model-00002.safetensors"
    )
    assert read_facts(str(tmp_path)).get("parameters") is None


def test_the_header_of_a_large_file_costs_nothing(tmp_path: Path) -> None:
    header = json.dumps({"a": {"dtype": "F32", "shape": [2_000_000_000], "data_offsets": [0, 8]}})
    with open(tmp_path / "model.safetensors", "wb") as file:
        file.write(len(header).to_bytes(8, "little") + header.encode())
        file.truncate(8_000_000_000)  # sparse
    start = time.process_time()
    assert read_facts(str(tmp_path)).get("parameters") == 2_000_000_000
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\1\2",
        b"\xff" * 64,
        (5).to_bytes(8, "little") + b'{"a":',
        (2).to_bytes(8, "little") + b"[]",
        (30).to_bytes(8, "little") + b'{"a": {"shape": [-1, 2.5, 1]}}',
        (9).to_bytes(8, "little") + b'{"a": 1} ',
        (1 << 62).to_bytes(8, "little") + b"{}",
    ],
)
def test_corrupt_safetensors_are_told(tmp_path: Path, content: bytes) -> None:
    facts = facts_of(tmp_path, {"model.safetensors": content})
    assert facts.by_name == {}
    assert "model.safetensors: the safetensors header is corrupt" in facts.problems[0]


def test_lfs_pointers_are_told_once(tmp_path: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    facts = facts_of(tmp_path, {"model.safetensors": pointer, "config.json": pointer})
    assert facts.problems == [
        "config.json and 1 more: Git LFS pointers; `git lfs pull` fetches the files"
    ]


@pytest.mark.parametrize("name", ["../secret.safetensors", "/etc/passwd", "a/../../b", "C:\\x"])
def test_no_file_outside_is_read(tmp_path: Path, name: str) -> None:
    model = tmp_path / "model"
    safetensors.numpy.save_file({"a": np.zeros(7)}, tmp_path / "secret.safetensors")
    facts = facts_of(model, {"model.safetensors.index.json": {"weight_map": {"a": name}}})
    assert facts.by_name == {}
    assert facts.problems == [f"{name!r} leads out of the folder; it was not read"]
    facts = facts_of(
        model,
        {"modules.json": [{"type": "sentence_transformers.models.Pooling", "path": name}]},
    )
    assert "embedding-size" not in facts.by_name


def test_gguf(tmp_path: Path) -> None:
    import gguf

    writer = gguf.GGUFWriter(tmp_path / "m-Q4_K_M.gguf", "llama")
    writer.add_context_length(4096)
    writer.add_file_type(15)
    writer.add_license("MIT")
    writer.add_base_model_count(1)
    writer.add_base_model_repo_url(0, "https://huggingface.co/acme/letters")
    writer.add_languages(["en", "no"])
    writer.add_token_list([f"t{i}" for i in range(500)])
    writer.add_token_scores([0.0] * 500)
    writer.add_tensor("x", np.zeros((8, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    facts = read_facts(str(tmp_path))
    assert facts.problems == []
    assert {name: fact.value for name, fact in facts.by_name.items()} == {
        "library_name": "gguf",
        "architecture": "llama",
        "parameters": 32,
        "context-length": 4096,
        "license": "mit",
        "base_model": "acme/letters",
        "base_model_relation": "quantized",
        "language": ["en", "no"],
        "quantization": ["Q4_K_M"],
    }
    whole = (tmp_path / "m-Q4_K_M.gguf").read_bytes()
    for cut in range(0, 600, 7):
        (tmp_path / "m-Q4_K_M.gguf").write_bytes(whole[:cut])
        broken = read_facts(str(tmp_path))
        assert broken.by_name == {}
        assert "nothing was taken" in broken.problems[0]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["m.gguf", "model.safetensors", "config.json", "trainer_state.json", "emissions.csv", "CITATION.cff", "LICENSE"]))  # fmt: skip
def test_any_bytes_are_survived(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / name).write_bytes(b"GGUF\3\0\0\0" + data if name == "m.gguf" else data)
    read_facts(str(folder))


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["log_history", "loss", "step", "eval_loss", "shape", "results", "configs", "weight_map", "a"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["config.json", "trainer_state.json", "all_results.json", "adapter_config.json", "modules.json", "model_index.json", "results_1.json", "generation_config.json", "tokenizer_config.json", "model.safetensors.index.json"]),
    st.dictionaries(
        st.sampled_from(["peft_type", "architectures", "id2label", "vocab_size", "log_history", "epoch", "global_step", "results", "configs", "n-shot", "_diffusers_version", "_class_name", "weight_map", "eval_wer", "quantization_config", "mask_token", "best_metric", "best_model_checkpoint", "target_modules", "model_type"]),
        json_values,
    ) | json_values,
)  # fmt: skip
def test_any_json_is_survived(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: Any
) -> None:
    facts = facts_of(tmp_path_factory.mktemp("any"), {name: data})
    assert all(isinstance(fact.file, str) for fact in facts.by_name.values())


def state(**more: Any) -> dict[str, Any]:
    history = [{"step": 10 * i, "loss": 3.0 / i, "learning_rate": 1e-4 / i, "epoch": i / 2} for i in range(1, 7)]  # fmt: skip
    history.insert(3, {"step": 30, "eval_loss": 1.5, "eval_accuracy": 0.5, "eval_runtime": 1.0, "epoch": 1.5})  # fmt: skip
    history.append({"step": 60, "eval_loss": 1.1, "eval_accuracy": 0.75, "epoch": 3.0})
    history.append({"step": 60, "train_loss": 1.2, "train_runtime": 12.5})
    return {"global_step": 60, "epoch": 3.0, "train_batch_size": 8, "log_history": history} | more


def test_the_state_of_a_training_run(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"trainer_state.json": state()})
    assert facts.get("steps") == 60
    assert facts.get("training-seconds") == 12.5
    assert facts.get("loss-curve")[0] == (10, 3.0)
    assert facts.get("evaluations") == [
        {"step": 30, "epoch": 1.5, "train_loss": 1.0, "eval_loss": 1.5, "eval_accuracy": 0.5},
        {"step": 60, "epoch": 3.0, "train_loss": 0.5, "eval_loss": 1.1, "eval_accuracy": 0.75},
    ]


def test_a_run_that_was_resumed_does_not_tell_the_time_of_the_training(tmp_path: Path) -> None:
    data = state(num_train_epochs=2**63 - 1)
    data["log_history"][-1]["train_loss"] = 0.3
    facts = facts_of(
        tmp_path, {"trainer_state.json": data, "all_results.json": {"train_runtime": 9}}
    )
    assert facts.get("training-seconds") is None
    assert facts.get("epochs") is None  # a stream has none
    assert facts.get("evaluations")[0]["epoch"] is None


def test_the_last_checkpoint_speaks_where_the_folder_does_not(tmp_path: Path) -> None:
    files = {f"checkpoint-{i}/trainer_state.json": state(global_step=i) for i in (9, 100)}
    assert facts_of(tmp_path, files).get("steps") == 100


def test_a_huge_state_is_thinned_and_a_monstrous_one_is_passed_over(tmp_path: Path) -> None:
    history = [{"step": i, "loss": 1.0 / i} for i in range(1, 200_000)]
    facts = facts_of(tmp_path, {"trainer_state.json": {"log_history": history}})
    assert len(facts.get("loss-curve")) == 400
    with open(tmp_path / "trainer_state.json", "ab") as file:
        file.truncate(40 * 2**20)
    facts = read_facts(str(tmp_path))
    assert facts.by_name == {}
    assert facts.problems == ["trainer_state.json is larger than 32 MB; it was not read"]


def test_half_written_json_is_told(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, {"trainer_state.json": json.dumps(state())[:-20]})
    assert facts.by_name == {}
    assert "trainer_state.json is not valid JSON" in facts.problems[0]


def test_results_files(tmp_path: Path) -> None:
    files = {
        "all_results.json": {"eval_wer": 12.5, "eval_loss": float("nan"), "train_runtime": 3, "train_samples": 7},
        "predict_results.json": {"predict_cer": 3.0, "predict_samples_per_second": 9},
    }  # fmt: skip
    facts = facts_of(tmp_path, files)
    assert facts.get("results") == {"eval_wer": 12.5, "predict_cer": 3.0}
    assert facts.get("metrics") == ["wer", "cer"]
    assert (facts.get("training-seconds"), facts.get("train-samples")) == (3, 7)


def test_two_base_models_are_a_contradiction_and_neither_is_taken(tmp_path: Path) -> None:
    files = {
        "adapter_config.json": {"peft_type": "LORA", "base_model_name_or_path": "acme/one"},
        "config.json": {"model_type": "bert", "_name_or_path": "acme/two"},
    }
    facts = facts_of(tmp_path, files)
    assert facts.get("base_model") is None
    assert facts.get("base_model_relation") is None
    assert [fact.source for fact in facts.contradictions["base_model"]] == [
        "adapter_config.json: base_model_name_or_path",
        "config.json: _name_or_path",
    ]


def test_a_local_path_is_no_base_model(tmp_path: Path) -> None:
    for value in ("/scratch/me/model", "./local/bert", "bert-base-cased", 3, None, "a/b/c"):
        facts = facts_of(tmp_path, {"config.json": {"model_type": "x", "_name_or_path": value}})
        assert facts.get("base_model") is None


def test_tensorboard_events(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(tmp_path / "runs" / "one")) as writer:
        writer.add_text("args", json.dumps({"learning_rate": 2e-5, "seed": 42, "max_steps": -1, "output_dir": "/home/me", "hub_token": "hf_x", "num_train_epochs": 3.0}))  # fmt: skip
        for i in range(5):
            writer.add_scalar("train/loss", 2.0 - i / 4, i)
    facts = read_facts(str(tmp_path))
    assert facts.problems == []
    assert facts.get("loss-curve")[-1] == (4, 1.0)
    assert facts.get("hyperparameters") == {
        "learning_rate": 2e-5, "num_train_epochs": 3.0, "seed": 42,
    }  # fmt: skip
    with SummaryWriter(str(tmp_path / "runs" / "two")) as writer:
        writer.add_scalar("train/loss", 9.0, 1)
    facts = read_facts(str(tmp_path))
    assert facts.get("loss-curve") is None
    assert facts.problems == ["2 TensorBoard runs lie here; none was taken for the model's"]


def test_lm_evaluation_harness(tmp_path: Path) -> None:
    data = {
        "results": {"arc": {"alias": "arc", "acc,none": 0.5, "acc_stderr,none": 0.01}},
        "configs": {"arc": {"dataset_path": "acme/arc", "dataset_name": "easy", "test_split": "test"}},
        "n-shot": {"arc": 5},
    }  # fmt: skip
    facts = facts_of(tmp_path, {"eval/results_2024-05-01T10-00-00.123.json": data})
    (row,) = facts.get("benchmarks")
    assert row == {
        "task": "arc", "dataset": "acme/arc", "config": "easy", "split": "test", "metric": "acc",
        "filter": "none", "value": 0.5, "stderr": 0.01, "shots": 5,
        "file": "eval/results_2024-05-01T10-00-00.123.json",
    }  # fmt: skip


HEAD = "timestamp,run_id,duration,emissions,energy_consumed,country_name,gpu_model\n"


def test_emissions(tmp_path: Path) -> None:
    rows = "2024,a,10,0.1,0.5,Norway,1 x A100\n2024,a,20,0.25,1.5,Norway,1 x A100\n"
    facts = facts_of(tmp_path, {"emissions.csv": HEAD + rows})
    assert facts.get("emissions") == {
        "kg": 0.25, "kwh": 1.5, "seconds": 20.0, "country_name": "Norway", "gpu_model": "1 x A100",
    }  # fmt: skip
    facts = facts_of(tmp_path, {"emissions.csv": HEAD + rows + "2024,b,1,1,1,Norway,x\n"})
    assert facts.get("emissions") is None
    assert "holds 2 runs" in facts.problems[0]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("LLAMA 3.2 COMMUNITY LICENSE AGREEMENT", ("llama3.2", None)),
        ("Attribution-NonCommercial-ShareAlike 4.0 International", ("cc-by-nc-sa-4.0", None)),
        ("Creative Commons Attribution-NoDerivs 4.0 International", ("cc-by-nd-4.0", None)),
        ("# Gemma Terms of Use", ("gemma", None)),
        ("STABILITY AI COMMUNITY LICENSE AGREEMENT", ("other", "stabilityai-ai-community")),
        ("My own licence", None),
    ],
)
def test_licences_that_name_themselves(title: str, expected: Any) -> None:
    assert from_title(f"\n{title}\n\nWords.\n") == expected


def test_licences_by_their_text(tmp_path: Path) -> None:
    pytest.importorskip("ukkonen")
    from identify.vendor.licenses import LICENSES

    texts = dict(LICENSES)
    for spdx, id_ in (("MIT", "mit"), ("Apache-2.0", "apache-2.0"), ("AGPL-3.0", "agpl-3.0")):
        facts = facts_of(tmp_path, {"LICENSE": "Copyright (c) 2024 Me\n" + texts[spdx]})
        assert facts.get("license") == id_
    # A near miss is no hit: other words in the places that matter.
    facts = facts_of(tmp_path, {"LICENSE": "X\n" + texts["CC-BY-SA-4.0"].replace("Licensed Rights", "NonCommercial Rights")})  # fmt: skip
    assert facts.get("license") is None
    assert facts.problems == ["LICENSE is no licence text that is known here; say which it is"]


def test_without_the_extra_nothing_is_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for name in ("identify", "tensorboard", "tensorboard.backend.event_processing"):
        monkeypatch.setitem(sys.modules, name, None)
    facts = facts_of(tmp_path, {"LICENSE": "MIT License\n\nPermission …", "a.tfevents.1": b"x"})
    assert facts.by_name == {}
    assert all("needs the extra `facts`" in problem for problem in facts.problems)
    assert len(facts.problems) == 2


def test_citation(tmp_path: Path) -> None:
    cff = "title: Old {letters}\nauthors:\n- family-names: Writer\n  given-names: Ann\n- name: Acme\ndate-released: 2024-05-01\ndoi: 10.1/x\nlicense: MIT\n"
    facts = facts_of(tmp_path, {"CITATION.cff": cff})
    assert facts.get("license") == "mit"
    assert facts.get("citation") == (
        "@misc{writer2024,\n  title = {Old letters},\n  author = {Writer, Ann and Acme},\n"
        "  year = {2024},\n  doi = {10.1/x},\n}"
    )
    assert bibtex({"title": "X", "authors": "nobody"}).startswith("@misc{model,")


def test_git_without_running_it(tmp_path: Path) -> None:
    import subprocess

    def git(*words: str) -> str:
        command = [
            "git",
            "-C",
            str(tmp_path),
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@b.c",
            *words,
        ]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "x")
    git("remote", "add", "origin", "https://me:hf_secret@huggingface.co/acme/letters")
    facts = read_facts(str(tmp_path))
    assert facts.get("commit") == git("rev-parse", "HEAD")
    assert facts.get("repo-id") == "acme/letters"
    assert "hf_secret" not in str(facts)
    git("pack-refs", "--all")
    assert read_facts(str(tmp_path)).get("commit") == git("rev-parse", "HEAD")


def test_pickles_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    for name in ("pytorch_model.bin", "training_args.bin", "model.pt", "x.pkl", "optimizer.pt"):
        put(tmp_path, name, b"\x80\x04cos\nsystem\n")
    put(tmp_path, "config.json", {"model_type": "bert"})
    opened = []
    real = builtins.open
    monkeypatch.setattr(
        builtins, "open", lambda *a, **k: (opened.append(str(a[0])), real(*a, **k))[1]
    )
    read_facts(str(tmp_path))
    assert [os.path.basename(name) for name in opened] == ["config.json"]


@given(st.lists(st.tuples(st.integers(), st.floats()), max_size=60), st.integers(2, 50))
def test_thinning_keeps_the_ends(curve: list[tuple[int, float]], most: int) -> None:
    thinned = thin(curve, most)
    assert len(thinned) == min(len(curve), most)
    if curve:
        assert (thinned[0], thinned[-1]) == (curve[0], curve[-1])


def test_unreadable_files_are_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> int:
        raise PermissionError(13, "Permission denied", path)

    put(tmp_path, "config.json", {})
    folder = Folder(str(tmp_path))
    monkeypatch.setattr(os.path, "getsize", refuse)
    assert folder.json("config.json") is None
    assert folder.problems == ["config.json cannot be read: Permission denied"]


def test_files_alone_tell_library_and_task_as_the_hub_did(shared: Path) -> None:
    """Figures: python benchmarks/infer_metadata.py."""
    import lzma

    from benchmarks.infer_metadata import RENAMED, infer

    right = {"library_name": 0, "pipeline_tag": 0}
    told = dict(right)
    with lzma.open(shared / "cards" / "hub_infos.jsonl.xz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            for field, ours in zip(right, infer(row), strict=True):
                theirs = row.get(field)
                if theirs and ours:
                    told[field] += 1
                    right[field] += ours in (theirs, RENAMED.get(theirs, theirs))
    for field, count in told.items():
        assert count > 2000
        assert right[field] / count > 0.95, field
