"""Learn the weights of the sentence classifier (schemas/classifier.json) from labelled cards.

    python benchmarks/train_classifier.py CARDS OUTSIDE [--sentences FILE …] [--check]

CARDS and OUTSIDE are folders as for topics_accuracy.py. Four kinds of sentences teach:
- those of labelled cards in the lines that decided a verdict, and all of cards that lack a topic;
- those judged one by one (tests/labels/sentences.jsonl: hashes, no text);
- those of all cards that stand below a heading of one topic alone;
- those written for the purpose (tests/labels/written.jsonl), and the rows "labels, heading, sentence" of
  FILE (tab between; labels of L limitation, B bias or risk, O out of scope, or -).
--check writes nothing: it learns five times without a fifth of the cards and prints how right the verdicts
on that fifth are. Needs scikit-learn, which nothing else here does.
"""

import argparse
import hashlib
import json
import random
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest import mock

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from cardkit.card import Card
from cardkit.classifier import UNIT, features, read_model, tokens
from cardkit.evidence import Prose
from cardkit.places import find_places
from cardkit.text import Source
from cardkit.topics import title_topics

LABELS = Path(__file__).parents[1] / "tests" / "labels"
TARGET = Path(__file__).parents[1] / "schemas" / "classifier.json"
SHARED = ("topics", "more", "fresh", "fresh2", "fresh3", "fresh4")
OUTSIDE = ("outside", "outside2", "outside3", "outside4", "outside5")
TOPICS = (
    "limitations",
    "bias-risks",
    "out-of-scope",
    "intended-use",
    "how-to-use",
    "training-data",
    "training-procedure",
    "evaluation-results",
)
#: The topics that sentences were judged for one by one, by their letters.
LETTERS = "LBO"
#: Topics of which it also learns whether what is said covers them.
GRADED = (
    "limitations",
    "bias-risks",
    "out-of-scope",
    "intended-use",
    "how-to-use",
    "training-procedure",
    "evaluation-results",
)
#: What a sentence of each kind weighs; one judged by itself weighs 1.
LACKING, IN_LINES, BELOW_HEADING, WRITTEN = 0.5, 0.5, 0.3, 0.5
#: Words and pairs in fewer sentences say nothing; so many are kept, and the commonest words always.
LEAST, KEPT, COMMON = 4, 12_000, 2_500
PARTS = 5
_SMALL_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "for",
        "from",
        "has",
        "in",
        "is",
        "it",
        "its",
        "may",
        "no",
        "not",
        "of",
        "on",
        "only",
        "or",
        "that",
        "the",
        "this",
        "to",
        "was",
        "were",
        "with",
    ]
)


class Row(NamedTuple):
    """Words and pairs: what they speak of by topic, how much that is believed, of which group."""

    words: set[str]
    says: list[float]
    weight: list[float]
    group: str


class Labelled(NamedTuple):
    """A card with its labels; cards close to each other are of one group."""

    card: Card
    topics: dict[str, dict]
    group: str


def read_rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def words_of(sentence: str) -> set[str]:
    return features(tokens(" ".join(sentence.lower().split()))[0])


def digest(sentence: str) -> str:
    """Return the name under which a sentence is kept in the labels."""
    return hashlib.sha256(" ".join(sentence.lower().split()).encode()).hexdigest()[:16]


def is_english(sentence: str) -> bool:
    """Tell English by few letters beyond ASCII and, in all but short pieces, one of its small words."""
    beyond = sum(letter.isalpha() and not letter.isascii() for letter in sentence)
    words = sentence.lower().split()
    return beyond <= 0.05 * len(sentence) and (len(words) < 8 or not _SMALL_WORDS.isdisjoint(words))


def groups_of(folder: Path) -> dict[str, str]:
    """Return the group of near-duplicates of each shared card, where their index lies beside them."""
    index = folder / "index.jsonl"
    return {row["file"]: str(row["cluster"]) for row in read_rows(index)} if index.exists() else {}


def labelled_cards(folder: Path, sets: tuple[str, ...]) -> Iterator[Labelled]:
    group = groups_of(folder)
    for name in sets:
        for row in read_rows(LABELS / f"{name}.jsonl"):
            card = Card(Source((folder / row["file"]).read_bytes(), row["file"]))
            yield Labelled(card, row["topics"], group.get(row["file"], row["file"]))


def sentences_of(
    item: Labelled, judged: dict[str, str], graded: dict[str, list[Row]]
) -> Iterator[Row]:
    """Yield the sentences of a labelled card; add to ``graded`` all that it says on a topic."""
    card, topics, group = item
    line = card.source.position
    said: dict[str, set[str]] = {topic: set() for topic in GRADED}
    for block, sentence in Prose(find_places(card.sections, card.topics_of).prose).sentences:
        if not is_english(sentence):
            continue
        first = line(block.span.start).line
        last = line(max(block.span.start, block.span.end - 1)).line
        words, letters = words_of(sentence), judged.get(digest(sentence))
        says, weight = [0.0] * len(TOPICS), [0.0] * len(TOPICS)
        for j, topic in enumerate(TOPICS):
            label = topics[topic]
            decides = any(start <= last and first <= end for start, end in label["lines"])
            if decides and topic in said:
                said[topic] |= words
            if j < len(LETTERS) and letters is not None:
                weight[j] = float(letters != "?")
                says[j] = float(LETTERS[j] in letters)
            elif label["verdict"] not in ("covered", "thin"):
                weight[j] = LACKING
            elif decides:
                says[j], weight[j] = 1.0, IN_LINES if j < len(LETTERS) else 1.0
        yield Row(words, says, weight, group)
    for topic, words in said.items():
        level = topics[topic]["verdict"]
        if words and level in ("covered", "thin"):
            graded[topic].append(Row(words, [float(level == "covered")], [1.0], group))


def below_headings(folder: Path, judged: dict[str, str]) -> Iterator[Row]:
    """Yield sentences of all cards that stand below a heading of one topic alone."""
    group, seen = groups_of(folder), set(judged)
    for path in sorted(folder.rglob("*.md")):
        name = str(path.relative_to(folder))
        for section in Card(Source(path.read_bytes(), name)).sections.walk():
            named = title_topics(section.title)
            blocks = [block for block in section.blocks if block.kind == "text"]
            if len(named) != 1 or not named <= set(TOPICS) or not blocks:
                continue
            says = [float(topic in named) for topic in TOPICS]
            weight = [BELOW_HEADING * value for value in says]
            for _, sentence in Prose(blocks).sentences:
                key = digest(sentence)
                if key not in seen and len(sentence) >= 15 and is_english(sentence):
                    seen.add(key)
                    yield Row(words_of(sentence), says, weight, group.get(name, name))


def told(sentence: str, letters: str, weight: float, group: str) -> Row:
    """Return a sentence that is known to be a limit, a risk, a restriction or none of them."""
    rest = [0.0] * (len(TOPICS) - len(LETTERS))
    says = [float(letter in letters) for letter in LETTERS]
    return Row(words_of(sentence), says + rest, [weight] * len(LETTERS) + rest, group)


class Lesson(NamedTuple):
    """All that is learnt from, as one matrix: a row a sentence, a column a word or pair."""

    rows: list[Row]
    graded: dict[str, list[Row]]
    names: list[str]
    x: sp.csr_matrix


def gather(cards: list[Labelled], folders: list[Path], files: list[Path]) -> Lesson:
    judged = {row["sentence"]: row["labels"] for row in read_rows(LABELS / "sentences.jsonl")}
    graded: dict[str, list[Row]] = {topic: [] for topic in GRADED}
    rows = [row for item in cards for row in sentences_of(item, judged, graded)]
    rows += [row for folder in folders for row in below_headings(folder, judged)]
    for row in read_rows(LABELS / "written.jsonl"):
        rows.append(told(row["text"], row["labels"], WRITTEN, ""))
    for path in files:
        for number, line in enumerate(path.read_text("utf-8").splitlines()):
            letters, _, sentence = line.split("\t")
            rows.append(told(sentence, letters, 1.0, f"{path.name} {number // 40}"))
    count = Counter(item for row in rows for item in row.words)
    names = sorted(item for item, n in count.items() if n >= LEAST)
    return Lesson(rows, graded, names, matrix(rows, names))


def matrix(rows: list[Row], names: list[str]) -> sp.csr_matrix:
    place = {item: i for i, item in enumerate(names)}
    pairs = [(i, place[x]) for i, row in enumerate(rows) for x in sorted(row.words) if x in place]
    at, columns = zip(*pairs, strict=True)
    return sp.csr_matrix((np.ones(len(at)), (at, columns)), shape=(len(rows), len(names)))


def learn(x: sp.csr_matrix, says: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, float]:
    """Return a weight for each column and the bias, for one topic."""
    used = weight > 0
    x, says, weight = x[used], says[used], weight[used]
    yes, no = x.T @ (weight * says) + 1, x.T @ (weight * (1 - says)) + 1
    ratio = np.log((yes / yes.sum()) / (no / no.sum()))
    model = LogisticRegression(C=0.1, max_iter=300, solver="liblinear", random_state=0)
    model.fit(x.multiply(ratio).tocsr(), says, sample_weight=weight)
    return model.coef_[0] * ratio, float(model.intercept_[0])


def fit(lesson: Lesson, without: frozenset[str] = frozenset()) -> dict:
    """Return the data of the classifier, learnt without the cards of some groups."""
    used = np.array([row.group not in without for row in lesson.rows])
    x, names = lesson.x, lesson.names
    says, weight = (
        np.array([getattr(row, key) for row in lesson.rows]) for key in ("says", "weight")
    )
    found = [learn(x[used], says[used, j], weight[used, j]) for j in range(len(TOPICS))]
    weights = np.stack([w for w, _ in found])
    seen = np.asarray(x.sum(0)).ravel()
    matter = np.abs(weights).max(0) * np.sqrt(np.minimum(seen, 50))
    words = sorted((i for i, name in enumerate(names) if " " not in name), key=lambda i: -seen[i])
    matter[words[:COMMON]] = np.inf
    kept = np.sort(np.argsort(-matter, kind="stable")[:KEPT])

    def packed(row: np.ndarray, bias: float) -> dict[str, float | str]:
        steps = np.clip(np.round(row / UNIT), -127, 127).astype(np.int8)
        return {"bias": round(bias, 3), "weights": b64encode(steps.tobytes()).decode()}

    grades = {}
    for topic, rows in lesson.graded.items():
        taken = [row for row in rows if row.group not in without]
        levels = np.array([row.says[0] for row in taken])
        columns = matrix(taken, [names[i] for i in kept])
        grades[topic] = packed(*learn(columns, levels, np.ones(len(taken))))
    return {
        "$comment": "Made by benchmarks/train_classifier.py: words and pairs of words, and by topic the weight"
        " of each as a signed byte (base64). See cardkit/classifier.py.",
        "names": "\n".join(names[i] for i in kept),
        "topics": {topic: packed(w[kept], b) for topic, (w, b) in zip(TOPICS, found, strict=True)},
        "grades": grades,
    }


def check(lesson: Lesson, sets: dict[str, list[Labelled]]) -> None:
    """Print how right the verdicts are on cards that the classifier has not learnt from."""
    groups = sorted({item.group for cards in sets.values() for item in cards})
    random.Random(1).shuffle(groups)
    counts: dict[tuple[str, str], Counter[tuple[bool, bool]]] = {}
    right: Counter[str] = Counter()
    for k in range(PARTS):
        part = frozenset(groups[k::PARTS])
        model = read_model(fit(lesson, part))
        with mock.patch("cardkit.classifier._model", lambda model=model: model):
            for name, cards in sets.items():
                for card, topics, _ in (item for item in cards if item.group in part):
                    fresh = Card(card.source)
                    present = {
                        topic: (
                            label["verdict"] in ("covered", "thin"),
                            fresh.verdicts[topic].present,
                        )
                        for topic, label in topics.items()
                    }
                    either = zip(present["limitations"], present["bias-risks"], strict=True)
                    present["limitations or bias-risks"] = tuple(map(any, either))
                    for topic, pair in present.items():
                        counts.setdefault((name, topic), Counter())[pair] += 1
                    levels = (fresh.verdicts[t].level == v["verdict"] for t, v in topics.items())
                    right[name] += sum(levels)
    for (name, topic), table in sorted(counts.items()):
        hits, missed, wrong = table[True, True], table[True, False], table[False, True]
        print(
            f"{name:8} {topic:26} recall {hits / (hits + missed):.3f} n={hits + missed:<5}"
            f" precision {hits / max(1, hits + wrong):.3f} n={hits + wrong}"
        )
    for name, cards in sets.items():
        total = sum(len(item.topics) for item in cards)
        print(f"{name:8} four verdicts {right[name] / total:.3f} n={total:,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("cards", type=Path)
    parser.add_argument("outside", type=Path)
    parser.add_argument("--sentences", type=Path, nargs="*", default=[])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    sets = {
        "shared": list(labelled_cards(options.cards, SHARED)),
        "outside": list(labelled_cards(options.outside, OUTSIDE)),
    }
    cards = [item for part in sets.values() for item in part]
    lesson = gather(cards, [options.cards, options.outside], options.sentences)
    print(f"{len(lesson.rows):,} sentences, {len(lesson.names):,} words and pairs")
    if options.check:
        check(lesson, sets)
    else:
        text = json.dumps(fit(lesson), ensure_ascii=False, indent=1)
        TARGET.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
