"""Builders of small masked language models with random weights and tokenizers of three kinds."""

from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from cardkit.probe.suite import fill, load_suite

SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    # Far wider than usual, so that a random model has opinions.
    "initializer_range": 0.3,
}


def corpus() -> list[str]:
    """Sentences of the shipped suite, so that its letters and some of its words are known."""
    suite = load_suite()
    words = [*suite.attributes, *(word for pair in suite.control_pairs for word in pair)]
    templates = [*suite.templates, *suite.control_templates]
    return [
        fill(template, target, words[(7 * n + k) % len(words)]._replace(article="a")).text
        for n, template in enumerate(templates)
        for k, target in enumerate(["she", "he"] * 4)
    ] + ["an"] * 20


def wordpiece(lowercase: bool = True, vocab_size: int = 400) -> Tokenizer:
    """BERT's kind of tokenizer."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size, special_tokens=special, show_progress=False
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.BertProcessing(
        ("[SEP]", tokenizer.token_to_id("[SEP]")), ("[CLS]", tokenizer.token_to_id("[CLS]"))
    )
    return tokenizer


def byte_level(vocab_size: int = 450) -> Tokenizer:
    """RoBERTa's kind of tokenizer: byte-level BPE, cased, the space part of the token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", tokenizer.token_to_id("</s>")),
        ("<s>", tokenizer.token_to_id("<s>")),
        trim_offsets=True,
        add_prefix_space=False,
    )
    return tokenizer


def unigram(vocab_size: int = 160, lowercase: bool = True) -> Tokenizer:
    """ALBERT's kind of tokenizer: SentencePiece's unigram model, "▁" for a space."""
    tokenizer = Tokenizer(models.Unigram())
    if lowercase:
        tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=vocab_size,
        special_tokens=["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[(name, tokenizer.token_to_id(name)) for name in ("[CLS]", "[SEP]")],
    )
    return tokenizer


def save(folder: Path, model: Any, tokenizer: Tokenizer, **special: Any) -> Path:
    """Save model and tokenizer into one folder."""
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special)
    model.save_pretrained(folder)
    fast.save_pretrained(folder)
    return folder


BERT_TOKENS = {
    "pad_token": "[PAD]",
    "unk_token": "[UNK]",
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "mask_token": "[MASK]",
}
ROBERTA_TOKENS = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": AddedToken("<mask>", lstrip=True, special=True),
}
ALBERT_TOKENS = {
    "cls_token": "[CLS]",
    "sep_token": "[SEP]",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
    "mask_token": AddedToken("[MASK]", lstrip=True, special=True),
}


def build_bert(folder: Path, **changes: Any) -> Path:
    """A BERT whose WordPiece vocabulary splits many occupations."""
    tokenizer = wordpiece()
    config = transformers.BertConfig(vocab_size=tokenizer.get_vocab_size(), **SIZES, **changes)
    torch.manual_seed(1)
    return save(folder, transformers.BertForMaskedLM(config), tokenizer, **BERT_TOKENS)


def build_roberta(folder: Path) -> Path:
    """A cased RoBERTa with byte-level BPE."""
    tokenizer = byte_level()
    config = transformers.RobertaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        **SIZES,
        max_position_embeddings=80,
        type_vocab_size=1,
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
    )
    torch.manual_seed(2)
    return save(folder, transformers.RobertaForMaskedLM(config), tokenizer, **ROBERTA_TOKENS)


def build_albert(folder: Path) -> Path:
    """An ALBERT with a unigram vocabulary."""
    tokenizer = unigram()
    config = transformers.AlbertConfig(
        vocab_size=tokenizer.get_vocab_size(), embedding_size=16, **SIZES, pad_token_id=0
    )
    torch.manual_seed(3)
    return save(folder, transformers.AlbertForMaskedLM(config), tokenizer, **ALBERT_TOKENS)


def build_unigram(folder: Path) -> Path:
    """A BERT that ignores its context: only the bias of the decoder is not zero."""
    tokenizer = wordpiece()
    config = transformers.BertConfig(vocab_size=tokenizer.get_vocab_size(), **SIZES)
    torch.manual_seed(4)
    model = transformers.BertForMaskedLM(config)
    with torch.no_grad():
        model.cls.predictions.transform.LayerNorm.weight.zero_()
        model.cls.predictions.transform.LayerNorm.bias.zero_()
        model.cls.predictions.bias.normal_()
    return save(folder, model, tokenizer, **BERT_TOKENS)


def build_uniform(folder: Path) -> Path:
    """A BERT that holds every word for equally likely, whatever it reads."""
    tokenizer = wordpiece()
    config = transformers.BertConfig(vocab_size=tokenizer.get_vocab_size(), **SIZES)
    torch.manual_seed(5)
    model = transformers.BertForMaskedLM(config)
    with torch.no_grad():
        model.cls.predictions.transform.LayerNorm.weight.zero_()
        model.cls.predictions.transform.LayerNorm.bias.zero_()
        model.cls.predictions.bias.zero_()
    return save(folder, model, tokenizer, **BERT_TOKENS)


def build_gpt2(folder: Path) -> Path:
    """A GPT-2 with byte-level BPE, whose tokenizer adds nothing to a sentence."""
    tokenizer = byte_level()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    config = transformers.GPT2Config(
        vocab_size=tokenizer.get_vocab_size(),
        n_embd=32,
        n_layer=2,
        n_head=4,
        n_positions=80,
        initializer_range=0.3,
        bos_token_id=0,
        eos_token_id=2,
    )
    torch.manual_seed(6)
    model = transformers.GPT2LMHeadModel(config)
    return save(folder, model, tokenizer, bos_token="<s>", eos_token="</s>", pad_token="<pad>")
