"""What a card says without words: tables of results, code that runs a model, BibTeX."""

import re
from collections.abc import Callable

from cardkit._lazy import lazy
from cardkit.fillers import says_nothing
from cardkit.sections import Block, Section

#: A table with fewer cells shows no comparison.
_SCORES = 4
_METRICS = lazy(
    r"\b(?:acc(?:uracy)?|f1|em|exact match|bleu|rouge|wer|cer|precision|recall|auc|map|mrr|score|loss"
    r"|perplexity|ppl|mmlu|pearson|spearman|avg|average|(?:si-?)?s[dn]ri?|eer|ndcg|r?mse|mae|mape|dice|m?iou|r2|auroc|fid|ssim|psnr|lpips|mcc|pass@1)\b",
    re.IGNORECASE,
)
_TRAINING_LOSS = lazy(r"train\w*[ _]loss", re.IGNORECASE)
#: What a table of decimals may be about instead of results.
_NO_RESULTS = lazy(
    r"train|epoch|\bstep|loss|\blr\b|learning|size|params?\b|parameter|\bgb\b|\bmb\b|vram|memory|bits|\bbpw\b|quant"
    r"|weight|price|cost|hours|version|layer|input|output|default|value|ratio|threshold|file|emission|energy|latency|speed|frequency|fertility|distribution|counts?\b",
    re.IGNORECASE,
)
#: What a log or a report of results holds where it is shown as it was printed.
_PRINTED = lazy(
    r"precision\s+recall\s+f1-score|\|\s*metric\s*\|.*\|\s*value\s*\||\bval_acc\w*: \d|\beval_(?:acc\w*|f1|bleu|wer)\W+\d",
    re.IGNORECASE,
)
_DECIMAL = re.compile(r"[-+*_~ ]*\d{1,2}[.,]\d{1,4} ?%?[*_~ ]*")


def wordless(root: Section) -> list[Block]:
    """Return the tables and the code of a body, wherever they stand."""
    return [
        block
        for section in root.walk()
        for block in section.blocks
        if block.kind in ("table", "code")
    ]


def results_table(blocks: list[Block]) -> Block | None:
    """Return the first table of results: in Markdown, or as it was printed."""
    for block in blocks:
        tells = _has_results if block.kind == "table" else _prints_results
        if tells(block.text):
            return block
    return None


def _prints_results(code: str) -> bool:
    # Most code holds none of these, and looking for them is cheap.
    return any(word in code for word in ("f1-score", "etric", "val_acc", "eval_")) and bool(
        _PRINTED().search(code)
    )


def _has_results(table: str) -> bool:
    """Tell a table with a metric in its head and numbers below, or with little but scores."""
    head, _, rows = table.partition("\n")
    if _METRICS().search(_TRAINING_LOSS().sub("", head)):
        return bool(re.search(r"[.,]\d", rows))
    return not _NO_RESULTS().search(head) and _mostly_scores(rows)


def _mostly_scores(rows: str) -> bool:
    """Tell whether the cells behind the first ones are decimals below 100, three in four of them."""
    cells = [
        cell.strip()
        for row in rows.split("\n")
        if row.strip(" |:-")
        for cell in row.strip().strip("|").split("|")[1:]
    ]
    told = [cell for cell in cells if cell and cell != "-"]
    return len(told) >= _SCORES and sum(map(bool, map(_DECIMAL.fullmatch, told))) > 0.75 * len(told)


_CODE_USE = lazy(
    r"from_pretrained\(|pipeline\(|SentenceTransformer\(|load_model|load_from_hub|snapshot_download"
    r"|load_state_dict\(|from_checkpoint\(|(?:torch|joblib|pickle|keras)\.load\(|InferenceSession\(|\bYOLO\("
    r"|\bpython3? \S*(?:infer\w*|predict\w*|generate|demo|chat|sample|transcribe|synthesi[sz]e|tts|app)\.py"
    r"|\.(?:generate|predict|encode|from_hparams|transcribe)\(|\beval\w*\.py\b|\b(?:ollama|docker|llama)[ -]\w*(?:run|cli|server)"
    r"|\bvllm serve\b|\bmlx_\w+\.(?:generate|server|chat)|\bpython3? -m \S*(?:infer|predict|serve|demo|chat|generate)"
    r"|\bnbconvert\b.*--execute|(?m:^FROM \S+:\S+$)"
)
_ENTRY = lazy(
    r"@(?:article|inproceedings|misc|techreport|software|book|phdthesis|conference|proceedings|online|dataset|mastersthesis|manual|unpublished)\s*\{",
    re.IGNORECASE,
)


def usage_code(blocks: list[Block]) -> Block | None:
    """Return the first code that runs a model."""
    return _first_code(blocks, _CODE_USE)


def bibtex(blocks: list[Block]) -> Block | None:
    """Return the first BibTeX entry."""
    return _first_code(blocks, _ENTRY)


def _first_code(blocks: list[Block], expression: Callable[[], re.Pattern[str]]) -> Block | None:
    for block in blocks:
        if (
            block.kind == "code"
            and expression().search(block.text)
            and not says_nothing(block.text)
        ):
            return block
    return None
