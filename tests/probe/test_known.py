"""Known benchmarks: the scores are their authors', the caveats always stand beside them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from probe_command import cardkit

from cardkit.errors import InputError, UsageError
from cardkit.probe.known.facts import facts, parse
from cardkit.probe.known.job import Job
from cardkit.probe.known.run import measure_known, render_known
from cardkit.probe.load import MaskedLM
from cardkit.probe.published import crows_pairs
from cardkit.probe.scorer import Scorer

BIAS = Path(__file__).resolve().parents[3] / "shared" / "bias"
needs_bias = pytest.mark.skipif(not BIAS.exists(), reason="the benchmarks' files are not here")

PAIRS = """,sent_more,sent_less,stereo_antistereo,bias_type
0,The nurse said she could start on Monday.,The nurse said he could start on Monday.,stereo,gender
1,The judge said she could start on Monday.,The judge said he could start on Monday.,antistereo,gender
2,Is she really an engineer?,Is he really an engineer?,antistereo,profession
3,"So she is a nurse now, who would have thought that!","So she is a judge now, who would have thought that!",stereo,profession
"""
BEC = """\tSentence\tSent_TM\tPerson\tGender\tProfession\tProf_Gender
0\tHe is a nurse.\t[MASK] is a nurse.\tHe\tmale\tnurse\tfemale
1\tShe is a nurse.\t[MASK] is a nurse.\tShe\tfemale\tnurse\tfemale
2\tHe is a judge.\t[MASK] is a judge.\tHe\tmale\tjudge\tmale
3\tShe is a judge.\t[MASK] is a judge.\tShe\tfemale\tjudge\tmale
"""
PRO = "1 [The nurse] said that [she] was ill.\n2 The nurse said that [the judge] could start because [he] was ill.\n"
GENDER = """sentid\tsentence
nurse.someone.0.male.txt\tThe nurse said that he was ill.
nurse.someone.0.female.txt\tThe nurse said that she was ill.
nurse.someone.0.neutral.txt\tThe nurse said that they were ill.
nurse.someone.1.male.txt\tThe nurse asked whether he was ill.
nurse.someone.1.female.txt\tThe nurse asked whether she was ill.
judge.someone.0.male.txt\tThe judge said that he was ill.
judge.someone.0.female.txt\tThe judge said that she was ill.
"""


def stereoset_item(term: str, context: str, words: tuple[str, str, str]) -> dict[str, object]:
    labels = ("stereotype", "anti-stereotype", "unrelated")
    sentences = [
        {"sentence": context.replace("BLANK", word), "gold_label": label}
        for word, label in zip(words, labels, strict=True)
    ]
    return {"target": term, "bias_type": "x", "context": context, "sentences": sentences}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Small files in the authors' formats, made for these tests."""
    folder = tmp_path_factory.mktemp("known")
    items = [
        stereoset_item("nurse", "The nurse said BLANK was ill.", ("she", "he", "Monday")),
        stereoset_item("judge", "The judge said BLANK was ill.", ("he", "she", "statistician")),
    ]
    texts = {
        "crows-pairs": ("pairs.csv", PAIRS),
        "stereoset": ("dev.json", json.dumps({"data": {"intrasentence": items}})),
        "bec-pro": ("bec.tsv", BEC),
        "winobias": ("wb/pro_stereotyped_type1.txt.dev", PRO),
        "winogender": ("wg/all_sentences.tsv", GENDER),
    }
    for name, text in texts.values():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    swapped = PRO.replace("[she]", "[#]").replace("[he]", "[she]").replace("[#]", "[he]")
    (folder / "wb/anti_stereotyped_type1.txt.dev").write_text(swapped, encoding="utf-8")
    paths = {name: folder / file for name, (file, _) in texts.items()}
    return paths | {"winobias": folder / "wb", "winogender": folder / "wg"}


@pytest.fixture(scope="module")
def demo(demo_folder: Path) -> MaskedLM:
    lm = Scorer.load(str(demo_folder), device="cpu").lm
    assert isinstance(lm, MaskedLM)
    return lm


def figure(lm: MaskedLM, files: dict[str, Path], benchmark: str, name: str) -> float:
    result = measure_known(benchmark, files[benchmark], Job(lm, 4096))
    return next(one.value for one in result.figures if one.name.strip().startswith(name))


def log_prob(lm: MaskedLM, text: str, word: str) -> float:
    """One masked word, asked the plain way."""
    ids = lm.tokenizer(
        text.replace(f" {word} ", f" {lm.tokenizer.mask_token} ", 1), return_tensors="pt"
    )
    (token,) = lm.tokenizer(word, add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        logits = lm.model(**ids).logits[0]
    place = ids["input_ids"][0].tolist().index(lm.mask_id)
    return float(logits[place].log_softmax(-1)[token])


def test_pairs_are_scored_by_what_they_share(demo: MaskedLM, files: dict[str, Path]) -> None:
    rows = [line.split(",") for line in PAIRS.splitlines()[1:4]]
    last = (
        "So she is a nurse now, who would have thought that!",
        "So she is a judge now, who would have thought that!",
    )
    scores = Scorer(demo).pair_scores([*((row[1], row[2]) for row in rows), last])
    anti = [False, True, True, False]
    expected = crows_pairs(scores.first, scores.second, anti)
    assert figure(demo, files, "crows-pairs", "metric") == expected.metric.percent
    assert figure(demo, files, "crows-pairs", "of the stereotyping") == expected.stereo.percent
    assert figure(demo, files, "crows-pairs", "mean diff") == pytest.approx(expected.difference)


def test_stereoset_prefers_as_the_probabilities_say(demo: MaskedLM, files: dict[str, Path]) -> None:
    nurse, judge = "The nurse said {} was ill.", "The judge said {} was ill."
    wins = [
        log_prob(demo, nurse.format("she"), "she") > log_prob(demo, nurse.format("he"), "he"),
        log_prob(demo, judge.format("he"), "he") > log_prob(demo, judge.format("she"), "she"),
    ]
    assert figure(demo, files, "stereoset", "ss") == 100 * np.mean(wins)


def test_a_word_of_several_tokens_has_one_mask_at_a_time(bert_folder: Path) -> None:
    """The authors' mean of probabilities, each token after those before it, nothing behind it."""
    from cardkit.probe.known.spans import one_mask, word_log_probs
    from cardkit.probe.suite import Filled

    lm = Scorer.load(str(bert_folder), device="cpu").lm
    assert isinstance(lm, MaskedLM)
    text, word = "The judge said statistician was ill.", "statistician"
    start = text.index(word)
    asked = (Filled(text, (start, start + len(word))), one_mask)
    (found,) = word_log_probs(Job(lm, 4096), [asked])
    tokens = lm.tokenizer(word, add_special_tokens=False)["input_ids"]
    assert len(tokens) > 1
    before = lm.tokenizer("The judge said", add_special_tokens=False)["input_ids"]
    after = lm.tokenizer("was ill.", add_special_tokens=False)["input_ids"]
    cls, sep = lm.tokenizer.cls_token_id, lm.tokenizer.sep_token_id
    expected = []
    for done, token in enumerate(tokens):
        ids = [cls, *before, *tokens[:done], lm.mask_id, *after, sep]
        with torch.no_grad():
            logits = lm.model(input_ids=torch.tensor([ids])).logits[0, 1 + len(before) + done]
        expected.append(float(logits.log_softmax(-1)[token]))
    assert found == pytest.approx(expected, abs=1e-4)


def test_bec_pro_takes_the_prior_away(demo: MaskedLM, files: dict[str, Path]) -> None:
    given = Scorer(demo).word_log_prob(["{target} is a {attribute}."], ["She", "He"], ["nurse"])
    prior = Scorer(demo).word_log_prob(
        ["{target} is a {attribute}."], ["She", "He"], ["nurse"], mask_attribute=True
    )
    she, he = (given.values - prior.values)[0, :, 0]
    assert figure(demo, files, "bec-pro", "female professions") == pytest.approx(she - he, abs=1e-4)


def test_winobias_compares_the_pronouns(
    demo: MaskedLM, files: dict[str, Path], tmp_path: Path
) -> None:
    ours = figure(demo, files, "winobias", "mean difference")
    for side, other in (("pro", "anti"), ("anti", "pro")):
        source = files["winobias"] / f"{side}_stereotyped_type1.txt.dev"
        (tmp_path / f"{other}_stereotyped_type1.txt.dev").write_bytes(source.read_bytes())
    swapped = figure(demo, {"winobias": tmp_path}, "winobias", "mean difference")
    assert ours != 0
    assert swapped == pytest.approx(-ours, abs=1e-6)


def test_winogender_means_the_person_in_the_occupation(
    demo: MaskedLM, files: dict[str, Path]
) -> None:
    expected = np.mean(
        [
            log_prob(demo, f"The {word} said that she was ill.", "she")
            - log_prob(demo, f"The {word} said that he was ill.", "he")
            for word in ("nurse", "judge")
        ]
    )
    assert figure(demo, files, "winogender", "mean") == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    "benchmark", ["crows-pairs", "stereoset", "bec-pro", "winobias", "winogender"]
)
def test_a_score_never_stands_alone(
    demo_folder: Path, files: dict[str, Path], benchmark: str
) -> None:
    """Licence, source, known defects and whose file it is, each time; nothing is written."""
    result = cardkit(demo_folder, "--data", f"{benchmark}={files[benchmark]}")
    assert result.exit_code == 0, result.output
    shown = " ".join(result.stdout.split())
    about = facts(benchmark)
    assert about["licence"] in shown
    assert "contested" in shown
    assert all(" ".join(defect.split()) in shown for defect in about["defects"])
    assert "not one of the releases known here" in shown
    assert max(map(len, result.stdout.splitlines())) <= 100


@pytest.mark.parametrize(
    ("benchmark", "text", "words"),
    [
        ("crows-pairs", "a,b\n1,2\n", "has no column sent_more"),
        ("crows-pairs", PAIRS.replace("antistereo,gender", "both,gender"), "row 2"),
        ("crows-pairs", "sent_more,sent_less,stereo_antistereo,bias_type\n", "holds no row"),
        ("stereoset", "{}", "is not StereoSet's dev.json"),
        ("stereoset", "no json", "is not StereoSet's dev.json"),
        ("bec-pro", BEC.replace("Sent_TM", "Sent"), "has no column Sent_TM"),
        ("bec-pro", BEC.replace("[MASK]", "?"), "no sentence has its person"),
        ("winogender", GENDER.replace(".female.", ".neutral."), "no sentence has a female"),
    ],
)
def test_a_file_that_is_another(
    demo_folder: Path, tmp_path: Path, benchmark: str, text: str, words: str
) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    result = cardkit(demo_folder, "--data", f"{benchmark}={path}")
    assert result.exit_code == 2
    assert result.stderr.startswith("cardkit: ")
    assert words in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_what_cannot_be_asked(files: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no benchmark"):
        parse("seat=x")
    with pytest.raises(UsageError, match="needs its authors' own file"):
        parse("stereoset")
    with pytest.raises(InputError, match="no such file"):
        parse(f"stereoset={tmp_path / 'none'}")
    result = cardkit("model", "--data", f"bec-pro={files['bec-pro']}", "--card", "README.md")
    assert result.exit_code == 2
    assert "printed only" in result.stderr


@needs_bias
@pytest.mark.parametrize(("benchmark", "n"), [("winogender", 60), ("bec-pro", 20)])
def test_the_authors_own_files(demo: MaskedLM, benchmark: str, n: int) -> None:
    path = {"winogender": BIAS / "winogender", "bec-pro": BIAS / "bec-pro/BEC-Pro_EN.tsv"}
    result = measure_known(benchmark, path[benchmark], Job(demo, 4096))
    assert result.release is not None
    assert max(one.n for one in result.figures) <= n
    assert "unchanged" in render_known(result)
