"""Write every finding of the shipped data and read each back by the independent parser; docs/trials.md tells it.

    python scripts/sentence_trial.py [--days 2016-12-31 2018-12-31 2020-12-31 2023-12-31] [--report]

Every town, city, county, class and plan, in both languages, on everything and as of each day. A sentence passes if all
its numbers and dates can be read back from its text alone and found by plain SQL or computed again, if nothing in it
was published later, and if no level, place or goal speaks of a change. Ends with 1 if any does not.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.trial_report import write_section  # noqa: E402  the root must be on the path first
from tests.findings_reader import Checker  # noqa: E402
from towns import repo  # noqa: E402
from towns.i18n import LANGS  # noqa: E402
from towns.settings import load_settings  # noqa: E402
from towns.store import Database, ensure_database, open_database  # noqa: E402
from towns.views.findings import KINDS, FindingSubject, list_findings  # noqa: E402

_HEADING: Final = "Findings read back"
_DAYS: Final = ("2016-12-31", "2018-12-31", "2020-12-31", "2023-12-31")
_ALL: Final = 10_000
_MOST_SHOWN: Final = 20


def main() -> int:
    """Run the trial and return 0 if every sentence passed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", nargs="*", type=date.fromisoformat, default=[date.fromisoformat(d) for d in _DAYS])
    parser.add_argument("--report", action="store_true", help="write the counts into docs/trials.md")
    options = parser.parse_args()
    settings = load_settings()
    path = ensure_database(settings)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, open_database(path) as db:
        checker = Checker(Path(shutil.copy(path, Path(folder) / "copy.duckdb")))
        faults = [
            f"{subject.kind} {subject.id} {as_of}: {fault}"
            for as_of in (None, *options.days)
            for subject in _subjects(db, as_of)
            for fault in _read_back(db, checker, subject, as_of, settings.current_date())
        ]
        checker.close()
    seconds = time.monotonic() - begun
    for fault in faults[:_MOST_SHOWN]:
        print(fault)
    body = _tell(checker, len(options.days), len(faults), seconds)
    print(body)
    if options.report:
        write_section(_HEADING, body)
    return 1 if faults else 0


def _subjects(db: Database, as_of: date | None) -> Iterator[FindingSubject]:
    for town in repo.list_towns(db, as_of=as_of):
        yield FindingSubject("town", town.town_id)
    for place in repo.list_places(db):
        yield FindingSubject("city", place.place_id)
    for industry in repo.list_industries(db):
        yield FindingSubject("industry", industry.industry_id)
    for plan in repo.list_plans(db, as_of=as_of):
        yield FindingSubject("plan", plan.plan_id)


def _read_back(
    db: Database, checker: Checker, subject: FindingSubject, as_of: date | None, today: date
) -> Iterator[str]:
    for lang in LANGS:
        for finding in list_findings(db, subject, lang=lang, as_of=as_of, today=today, most=_ALL):
            for fault in checker.check(finding, (subject.kind, subject.id), lang, as_of, as_of or today):
                yield f"{fault} in {finding.sentence.plain}"


def _tell(checker: Checker, days: int, faults: int, seconds: float) -> str:
    counts = checker.counts
    kinds = ", ".join(f"{kind} {counts[f'kind {kind}']:,}" for kind in KINDS)
    origins = sorted(key for key in counts if key.startswith("origin "))
    return "\n".join(
        (
            f"{counts['sentences']:,} sentences in two languages, on everything and as of {days} days: {kinds}.",
            f"{counts['numbers']:,} numbers and {counts['dates']:,} dates read back from the text alone and compared",
            f"with plain SQL: {', '.join(f'{key[7:]} {counts[key]:,}' for key in origins)}.",
            f"{counts['places computed again']:,} places were ranked again. Faults: {faults}. {seconds:.0f} s.",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
