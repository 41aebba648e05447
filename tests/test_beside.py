"""CK8xx: the card against the files beside it, in real folders."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardkit.card import Card
from cardkit.discover import read
from cardkit.engine import lint
from cardkit.facts.license_file import identify
from cardkit.selection import select

CHECKS = select("accountable", ["CK8"])


def found(folder: Path, metadata: str, files: dict[str, Any]) -> list[tuple[str, str]]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    (folder / "README.md").write_text(f"---\n{metadata}\n---\n# A model\n", "utf-8")
    report = lint(Card(read(str(folder / "README.md")), kind="model"), CHECKS)
    return [(item.code, item.message) for item in report.diagnostics]


def codes(folder: Path, metadata: str, files: dict[str, Any]) -> list[str]:
    return [code for code, _ in found(folder, metadata, files)]


BERT = {"architectures": ["BertForMaskedLM"], "model_type": "bert", "transformers_version": "4.4"}
ADAPTER = {
    "peft_type": "LORA",
    "task_type": "CAUSAL_LM",
    "base_model_name_or_path": "acme/big-7b-bnb-4bit",
}
MIT = "MIT License\n\nCopyright (c) 2024 Acme\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this software and associated documentation files"
APACHE = "\n                                 Apache License\n                           Version 2.0, January 2004\n"
RESULT = """- dataset:
    id: acme/mail
    task_id: sort
  value: 91.2
  date: "2026-01-02"
  source:
    url: https://example.org
"""
INDEX = """model-index:
- name: m
  results:
  - task: {type: text-classification}
    dataset: {type: acme/mail, name: Mail}
    metrics: [{type: accuracy, value: 0.912}]"""


@pytest.mark.parametrize(
    ("metadata", "files", "expected"),
    [
        ("license: mit", {"LICENSE": MIT}, []),
        ("license: apache-2.0", {"LICENSE": MIT}, ["CK801"]),
        ("license: [gpl-3.0, mit]", {"LICENSE.md": "# " + MIT}, []),
        ("license: other", {"LICENSE.txt": APACHE}, ["CK801"]),
        ("license: other", {"LICENSE": "The Acme licence\n\nYou may read it."}, []),
        ("license: gpl", {"COPYING": "GNU GENERAL PUBLIC LICENSE\nVersion 3"}, []),
        ("pipeline_tag: fill-mask", {}, []),
        ("pipeline_tag: feature-extraction", {}, []),
        ("pipeline_tag: text-to-image", {}, ["CK802"]),
        ("pipeline_tag: sentiment", {}, []),  # no task at all: another rule's matter
        ("library_name: transformers", {}, []),
        ("library_name: diffusers", {}, ["CK803"]),
        ("library_name: my-own", {}, []),
        (
            "library_name: transformers\nbase_model: acme/big-7b",
            {"adapter_config.json": ADAPTER},
            ["CK803"],
        ),
        ("library_name: peft\nbase_model: acme/other-1b", {"adapter_config.json": ADAPTER}, ["CK804"]),
        ("library_name: peft", {"adapter_config.json": ADAPTER}, ["CK804"]),
        (
            "base_model: acme/big-7b\nbase_model_relation: adapter",
            {"adapter_config.json": ADAPTER},
            [],
        ),
        (
            "base_model: acme/big-7b\nbase_model_relation: finetune",
            {"adapter_config.json": ADAPTER},
            ["CK805"],
        ),
        (
            "base_model: acme/big-7b\nbase_model_relation: finetune",
            {"big-7b-Q4_K_M.gguf": ""},
            ["CK805"],
        ),
        (
            "base_model: acme/big-7b\nbase_model_relation: finetune",
            {"big-7b-Q4_K_M.gguf": "", "model.safetensors": ""},
            [],
        ),
        (
            "base_model: acme/big-7b\nbase_model_relation: merge",
            {"config.json": {**BERT, "quantization_config": {"quant_method": "gptq"}}},
            ["CK805"],
        ),
        (
            "base_model: acme/big-7b\nbase_model_relation: quantized",
            {"config.json": {**BERT, "quantization_config": {"quant_method": "gptq"}}},
            [],
        ),
        ("license: mit", {".eval_results/mail.yaml": RESULT}, []),
        ("license: mit", {".eval_results/mail.yaml": RESULT.replace('"', "")}, ["CK806"]),
        ("license: mit", {".eval_results/mail.yaml": "- value: good"}, ["CK806", "CK806"]),
        ("license: mit", {".eval_results/mail.yaml": "dataset: x"}, ["CK806"]),
        ("license: mit", {".eval_results/mail.yaml": "- a: [\n"}, ["CK806"]),
        (INDEX, {".eval_results/mail.yaml": RESULT}, []),
        (INDEX, {".eval_results/mail.yaml": RESULT.replace("91.2", "87.0")}, ["CK807"]),
        ("license: mit", {".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n"}, []),
        ("license: mit", {".gitattributes": "*.md filter=lfs diff=lfs merge=lfs -text\n"}, ["CK808"]),
        ("license: mit", {".gitattributes": "* filter=lfs\nREADME.md -filter\n"}, []),
        ("license: mit", {".gitattributes": "# *.md filter=lfs\ndocs/*.md filter=lfs\n"}, []),
    ],
)  # fmt: skip
def test_the_card_and_the_files(
    tmp_path: Path, metadata: str, files: dict[str, Any], expected: list[str]
) -> None:
    assert codes(tmp_path, metadata, {"config.json": BERT, **files}) == expected


def test_a_project_that_is_no_model_is_left_alone(tmp_path: Path) -> None:
    assert codes(tmp_path, "license: apache-2.0", {"LICENSE": MIT}) == []


def test_the_line_of_a_wrong_result_is_told(tmp_path: Path) -> None:
    text = RESULT + RESULT.replace("value: 91.2", "value: high")
    ((_, message),) = found(
        tmp_path, "license: mit", {"config.json": BERT, ".eval_results/a.yaml": text}
    )
    assert message == ".eval_results/a.yaml, line 11: `value` must be a number"


def test_broken_files_are_no_crash(tmp_path: Path) -> None:
    metadata = "license: mit\npipeline_tag: fill-mask\nbase_model_relation: merge\nlibrary_name: x"
    files = {"config.json": "{", "adapter_config.json": "[1]", "LICENSE": "\x00\x01"}
    assert codes(tmp_path, metadata, files) == []


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        (MIT, "mit"),
        (APACHE, "apache-2.0"),
        ("Attribution-NonCommercial-ShareAlike 4.0 International", "cc-by-nc-sa-4.0"),
        ("Creative Commons Attribution 4.0 International Public License", "cc-by-4.0"),
        ("# META LLAMA 3 COMMUNITY LICENSE AGREEMENT", "llama3"),
        ("LLAMA 3.1 COMMUNITY LICENSE AGREEMENT", "llama3.1"),
        ("GNU LESSER GENERAL PUBLIC LICENSE\n Version 2.1, February 1999", "lgpl-2.1"),
        ("All rights reserved.", None),
        ("This licence is not the Apache License; see Version 2.0 of it elsewhere", None),
    ],
)
def test_licences_are_known_by_their_words(text: str, id_: str | None) -> None:
    assert identify(text) == id_


def test_real_folders_bring_no_false_finding(shared: Path, tmp_path: Path) -> None:
    import tarfile

    with tarfile.open(shared / "cards" / "modeldirs.tar.xz") as tar:
        tar.extractall(tmp_path, filter="data")
    cards = sorted(tmp_path.rglob("README.md"))
    assert len(cards) == 12
    for card in cards:
        report = lint(Card(read(str(card))), CHECKS)
        assert [item.message for item in report.diagnostics] == [], card
