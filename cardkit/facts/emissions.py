"""emissions.csv of CodeCarbon."""

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from cardkit.facts.folder import Fact, Folder, number

FILE: Final = "emissions.csv"


def read(folder: Folder) -> Iterator[Fact]:
    """Yield emissions, energy, duration, country and hardware of the one run that was measured.

    Units: kilograms of CO2 equivalent, kilowatt hours, seconds (as CodeCarbon writes them).
    """
    text = folder.text(FILE)
    if text is None:
        return
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error as error:
        folder.problems.append(f"{FILE} is no table ({error}); nothing was taken from it")
        return
    runs = {row.get("run_id") for row in rows}
    if len(runs) > 1:
        folder.problems.append(
            f"{FILE} holds {len(runs)} runs; which one made the model is not said"
        )
        return
    # A tracker that is flushed writes its sums again: the last row counts.
    for row in rows[-1:]:
        emissions = _float(row.get("emissions"))
        if emissions is None:
            folder.problems.append(f"{FILE} has no column of emissions; nothing was taken from it")
            return
        found: dict[str, Any] = {"kg": emissions}
        for key, name in (("energy_consumed", "kwh"), ("duration", "seconds")):
            if (value := _float(row.get(key))) is not None:
                found[name] = value
        for key in ("country_name", "gpu_model", "cpu_model", "codecarbon_version"):
            if row.get(key):
                found[key] = str(row[key])
        yield Fact("emissions", found, FILE, "emissions")
        if hardware := found.get("gpu_model") or found.get("cpu_model"):
            key = "gpu_model" if "gpu_model" in found else "cpu_model"
            yield Fact("hardware", hardware, FILE, key)


def _float(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return number(value) if value >= 0 else None
