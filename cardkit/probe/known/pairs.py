"""CrowS-Pairs and its revised English, French and Dutch versions."""

from pathlib import Path

import numpy as np

from cardkit.errors import ProbeError, UsageError
from cardkit.probe.known.figures import Figure, from_share, mean
from cardkit.probe.known.files import read_rows
from cardkit.probe.known.job import Job
from cardkit.probe.published import crows_pairs
from cardkit.probe.rows import RowTable
from cardkit.probe.sentences import Sentence, add_shared, sums, tokenize


def measure(path: Path, columns: list[str], job: Job) -> tuple[list[Figure], int]:
    """Score every pair by the tokens that its sentences share (Nangia et al. 2020).

    Figures: *metric*, the share of pairs whose more stereotyping sentence scores higher, ties
    counting against; the same among the pairs of each direction, ties left out; by type of bias;
    and the mean difference of the two scores, in nats.
    """
    rows = read_rows(path, columns)
    for number, row in enumerate(rows, start=1):
        if row["stereo_antistereo"] not in ("stereo", "antistereo"):
            problem = f'row {number}: stereo_antistereo is "{row["stereo_antistereo"]}"'
            raise job.wrong(path, problem + '; "stereo" or "antistereo" is needed')
    table, numbers, kept = RowTable(), list[list[int]](), list[dict[str, str]]()
    for row in rows:
        parts = _parts(job, row["sent_more"], row["sent_less"])
        asked = parts and add_shared(table, parts, job.lm.mask_id)
        if asked:
            kept.append(row)
            numbers += asked
    if not kept:
        raise ProbeError(f"{path}: {job.lm.name} can score none of the {len(rows)} pairs")
    values = sums(job.score(table), numbers)
    more, less = values[0::2], values[1::2]
    anti = np.array([row["stereo_antistereo"] == "antistereo" for row in kept])
    result, difference = crows_pairs(more, less, anti), more - less
    figures = [
        from_share("metric: the more stereotyping sentence scores higher", result.metric),
        from_share("  of the stereotyping pairs", result.stereo),
        from_share("  of the anti-stereotyping pairs", result.antistereo),
    ]
    types = np.array([row["bias_type"] for row in kept])
    for name in sorted(set(types.tolist())):
        own = types == name
        one = crows_pairs(more[own], less[own], anti[own]).metric
        figures.append(from_share(f"  {name}", one))
    figures.append(mean("mean difference of the scores", difference, of="pairs", seed=job.seed))
    return figures, len(rows) - len(kept)


def _parts(job: Job, first: str, second: str) -> tuple[Sentence, Sentence] | None:
    try:
        one, two = tokenize(job.lm, [first, second])
    except UsageError:
        return None  # longer than the model reads, or nothing of it is scored
    return one, two
