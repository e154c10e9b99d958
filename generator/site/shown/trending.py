"""Which papers are talked about just now. Where they are shown is left to the pages and feeds."""

from datetime import timedelta

from generator.catalog.catalog import Catalog
from generator.model import Paper
from generator.site.shown.scores import Scores

TRENDING_DAYS = 14


def trending(catalog: Catalog, scores: Scores) -> list[Paper]:
    """Return the papers of the two weeks before the newest day that someone picked or voted for, by score with decay.

    Without a pick or a vote nothing says that a paper is talked about, and the alphabet is no trend.
    """
    newest = max(catalog.days, default=None)
    if newest is None:
        return []
    since = newest - timedelta(days=TRENDING_DAYS)
    recent = [
        paper
        for paper in catalog.papers.values()
        if since <= paper.day < newest and (paper.choices or (paper.measured and paper.measured.upvotes))
    ]
    return scores.trending(recent, newest)
