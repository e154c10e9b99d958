"""The whole build on one screen: content/ -> site/, making again only what was made from something else before.

Which files there are and what each is made from is ``plan``'s to say, how the old site becomes the new one at once
``generations``'.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from generator.beside import Beside, Result, can_fork
from generator.collector import without_collector
from generator.errors import InterruptedWorkError
from generator.site.files import count_pages
from generator.site.generations import Generation, check_replaceable, other_generation
from generator.site.generations.following import NextGeneration, Wanted
from generator.site.generations.inspection import Divergence, Inspection
from generator.site.generations.manifest import Manifest, read_manifest
from generator.site.generations.staging import clear_stage, staging
from generator.site.prints.fingerprints import Inputs, inputs_of
from generator.site.rendering.theme import merged_theme, theme_folders

if TYPE_CHECKING:
    from generator.catalog.catalog import Catalog
    from generator.site.plan import Plan, Progress


@dataclass
class Summary:
    """What a build did: counts by noun, seconds by step."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    made_with: object = None
    """Catalog and plan: a program that ends with the build keeps them, for taking them apart costs half a second."""

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        start = perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start


def silent(step: str, done: int, total: int) -> None:
    """Report no progress."""


def build(
    root: Path,
    output: Path,
    jobs: int | None = None,
    progress: "Progress" = silent,
    *,
    clean: bool = False,
    lenient: bool = False,
) -> Summary:
    """Build the site of the digest at `root` into the folder `output`.

    Files that an earlier build made from the same are kept, unless `clean`; what is no longer wanted is removed.
    Content with problems is built, if `lenient`, as far as it can be understood.

    Raises:
        ConfigError: there is no digest at `root`.
        ContentProblems: the content has problems; nothing was built.
        BuildError: the folder is not a site, or a renderer failed; the old site stands.
    """
    jobs = jobs or os.cpu_count() or 1
    output = output.resolve()  # of a link, the folder behind it changes
    check_replaceable(output)
    summary = Summary()
    with ExitStack() as stack:
        stack.enter_context(without_collector())
        with summary.step("inputs"):
            manifest = read_manifest(output)  # once, for those that look at the files too
            site = _beside(stack, partial(Inspection.of, output, manifest))
            inputs = inputs_of(root, theme_folders(root))
            if not clean and manifest.inputs == inputs.hash:
                old = Generation.at(output, site.result(), manifest=manifest)
                if not old.missing:
                    summary.counts["pages kept"] = count_pages(old.manifest.paths)
                    clear_stage(output)
                    return summary
        _build_anew(_Order(root, output, jobs, progress, clean, lenient), inputs, manifest, site, stack, summary)
    return summary


class _Order(NamedTuple):
    """What a build was asked for."""

    root: Path
    output: Path
    jobs: int
    progress: "Progress"
    clean: bool
    lenient: bool


def _build_anew(
    order: _Order,
    inputs: Inputs,
    manifest: Manifest,
    site: Beside[Inspection],
    stack: ExitStack,
    summary: Summary,
) -> None:
    """Build a site from other inputs than before: the files of the `manifest` are being looked at, as `site`."""
    root, output, jobs, progress, clean, lenient = order
    other = _beside(stack, partial(Divergence.of, other_generation(output), manifest))
    # Imported here: a fifth of a second that a build with nothing to do need not pay.
    from generator.catalog.similar import packed_likenesses, unpacked
    from generator.site.plan import CACHE, SIMILAR, Plan, read_catalog
    from generator.site.rendering.markdown import told_mistakes
    from generator.site.rendering.workers import Standby

    standby = Standby() if jobs > 1 and can_fork() and manifest.paths and not clean else None
    if standby is not None:
        stack.callback(standby.stop)
    if clean:
        shutil.rmtree(root / CACHE, ignore_errors=True)
    with summary.step("catalog"):
        catalog = read_catalog(root, inputs.content, lenient=lenient)
    likenesses = _beside(stack, partial(packed_likenesses, catalog.papers, root / SIMILAR, jobs))
    stage, theme = stack.enter_context(staging(output)), stack.enter_context(merged_theme(root))
    stack.enter_context(told_mistakes(theme))
    with summary.step("plan"):
        old = Generation.at(output, site.result(), manifest=manifest) if not clean else Generation()
        plan = Plan(root, catalog, theme, old, lambda: unpacked(likenesses.result()))
        if standby is not None:
            stack.callback(standby.stop)  # it leaves the stage before that is cleared
            standby.load(plan.rendering(stage.parent))
        stack.callback(plan.search.close)
        plan.start_search(root, stage, jobs)
        plan.list_files()
    following = NextGeneration(output, stage, old, other.result, jobs)
    with summary.step("pages"):
        place = following.place_for(Wanted(inputs.hash, plan.wanted, plan.stale))
        left = plan.render(place, stage.parent, jobs, progress, partial(_remember, catalog, plan), standby)
        stack.callback(left.stop)
    with summary.step("search"):
        plan.finish_search(progress)
    with summary.step("publish"):
        following.publish(Wanted(inputs.hash, plan.wanted, plan.stale))
    with suppress(InterruptedWorkError):  # the site is there: where what was worked out is lost, it is found again
        for _ in left:
            pass
    summary.counts, summary.made_with = plan.counts, (catalog, plan)


def _remember(catalog: "Catalog", plan: "Plan") -> None:
    """Keep for the next build what this one worked out."""
    catalog.memory.save()
    plan.pages.save_prints()


def _beside(stack: ExitStack, work: Callable[[], Result]) -> Beside[Result]:
    """Begin a work beside this process, which ends with the build at the latest."""
    begun = Beside(work)
    stack.callback(begun.stop)
    return begun
