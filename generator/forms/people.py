"""Three forms about people: one name that is several, several that are one, and "this is me"."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from generator.catalog.curation import AUTHORS
from generator.catalog.people import name_slug
from generator.catalog.profiles import wrong_links
from generator.forms import answers
from generator.forms.authors_file import AuthorsFile
from generator.forms.ground import Change, Ground, name_slugs
from generator.forms.refusal import RefusedError, shown
from generator.model import AuthorEntry, Declined, Suggested

Given = Mapping[str, str]
"""Answers by the ids of a form's fields."""

ALL, SOME = "all", "some"
"""Answers to whether all papers of a page are the claimant's, however a form words them."""
_SERVICES = {
    "semanticscholar.org": "semantic_scholar",
    "openalex.org": "openalex",
    "scholar.google.com": "google_scholar",
    "dblp.org": "dblp",
    "github.com": "github",
    "openreview.net": "openreview",
    "aclanthology.org": "acl_anthology",
}
"""Host, whatever stands before it -> the key of such a link."""
_OTHERS = ("homepage", "page")
"""Keys of links to other places, in order."""


# One name, several people ---------------------------------------------------------------------------------------------


def wanted_split(given: Given, ground: Ground) -> Declined:
    """Say what is suggested by the form for a split."""
    return ground.about(Suggested.SPLIT, names=(_name(given["author"], ground),))


def split(given: Given, ground: Ground) -> Change:
    """Draft an entry of ``authors.yml`` for each group of papers, or add them to the entry that has one of them.

    Raises: RefusedError.
    """
    person = ground.person(given["author"])
    key = name_slug(person.name)
    groups = [_papers(group, {key}, person.name, ground) for group in answers.groups(given["groups"])]
    if not groups:
        raise RefusedError("no paper is listed; without papers nobody can be told apart")
    _refuse_twice([paper for group in groups for paper in group])
    note = answers.bounded(given["why"], answers.MAX_NOTE) or None
    file = AuthorsFile(ground)
    owned: set[int] = set()
    for group in groups:
        owners = {n for n in ground.carriers({key}) if set(group) & file.claimed(n)}
        if len(owners) > 1 or owners & owned:
            raise RefusedError(f"{shown(AUTHORS)} says otherwise of {shown(group[0])} and the papers beside it")
        owned |= owners
        if owners:
            (owner,) = owners
            file.extend(owner, "papers", [paper for paper in group if paper not in file.claimed(owner)])
        else:
            address = ground.new_address(key, file.ids())
            file.add(AuthorEntry(id=address, name=person.name, papers=tuple(group), note=note))
    file.add_rest(key, person.name)
    told = f"Tells people called {shown(person.name)} apart, who shared a page."
    return file.change(f"Tell people apart who are called {key}", told, _LEFT)


_LEFT = "Papers of that name that no entry lists stay on the page that the name shares."


def _papers(group: Iterable[str], slugs: set[str], name: str, ground: Ground) -> list[str]:
    papers = [ground.known_paper(answer) for answer in group]
    for paper in papers:
        if not ground.carries(paper, slugs):
            raise RefusedError(f"no author of {shown(paper)} is called {shown(name)}")
    return list(dict.fromkeys(papers))


def _refuse_twice(papers: list[str]) -> None:
    twice = next((paper for paper in papers if papers.count(paper) > 1), None)
    if twice is not None:
        raise RefusedError(f"{shown(twice)} is listed for two people")


def _name(answer: str, ground: Ground) -> str:
    """Read a name, also that of a page."""
    try:
        return ground.person(answer).name
    except RefusedError:
        return answers.name(answer)


# Several names, one person --------------------------------------------------------------------------------------------


def wanted_merge(given: Given, ground: Ground) -> Declined:
    """Say what is suggested by the form for a merge."""
    names = _names(given["names"], ground)
    return ground.about(Suggested.MERGE, names=tuple(names))


def _names(answer: str, ground: Ground) -> list[str]:
    names: dict[str, str] = {}
    for item in answers.items(answer):
        name = _name(item, ground)
        names.setdefault(name_slug(name), name)
    if len(names) < 2:
        raise RefusedError("two names with pages of their own are needed; those that share a page are one already")
    return list(names.values())


def merge(given: Given, ground: Ground) -> Change:
    """Draft the other spellings into the entry that has one of the names, or a new one.

    Raises: RefusedError.
    """
    names = _names(given["names"], ground)
    for name in names:
        ground.person(name)
    slugs = [name_slug(name) for name in names]
    entered = ground.carriers(slugs)
    file = AuthorsFile(ground)
    note = answers.bounded(given["why"], answers.MAX_NOTE) or None
    if len(entered) > 1:
        ids = " and ".join(shown(ground.authors[n].id) for n in entered)
        raise RefusedError(
            f"{ids} have entries of their own in {shown(AUTHORS)}, whose addresses must not be lost; "
            "a curator has to merge them by hand"
        )
    if entered:
        known = name_slugs(ground.authors[entered[0]])
        file.extend(entered[0], "also", [name for name in names if name_slug(name) not in known])
    else:
        file.add(AuthorEntry(id=slugs[0], name=names[0], also=tuple(names[1:]), note=note))
    listed = ", ".join(map(shown, names))
    return file.change(f"Bring the spellings of {slugs[0]} together", f"Brings together: {listed}.")


# This is me -----------------------------------------------------------------------------------------------------------


def wanted_claim(given: Given, ground: Ground) -> Declined:
    """Say what is suggested by the form for a claim."""
    orcid, links = _marks(given)
    return ground.about(
        Suggested.CLAIM, names=(_name(given["author"], ground),), value=orcid or next(iter(links.values()))
    )


def _marks(given: Given) -> tuple[str | None, dict[str, str]]:
    """Read ORCID and links, one of which must be given."""
    orcid, links = answers.orcid(given["orcid"]), {}
    for item in answers.items(given["links"]):
        address = answers.address(item)
        host = f".{address.split('/')[2]}"
        if host.endswith(".orcid.org"):
            orcid = orcid or answers.orcid(address)
            continue
        known = next((key for service, key in _SERVICES.items() if host.endswith(f".{service}")), None)
        key = known or next((key for key in _OTHERS if key not in links), None)
        if key is None or key in links:
            raise RefusedError(f"{shown(address)} is one page more of its kind than can be shown")
        links[key] = address
    if wrong := wrong_links(links):
        key, example = next(iter(wrong.items()))
        raise RefusedError(f"{shown(links[key])} is no page of an author there; give one like {shown(example)}")
    if orcid is None and not links:
        raise RefusedError("neither an ORCID nor a page of yours is given; one of them is needed")
    return orcid, links


def claim(given: Given, ground: Ground) -> Change:
    """Draft ORCID, links, spellings and papers into the person's entry, or a new one.

    Raises: RefusedError.
    """
    person = ground.person(given["author"])
    key = name_slug(person.name)
    orcid, links = _marks(given)
    also = [answers.name(item) for item in answers.items(given["also"])]
    also = [name for name in dict.fromkeys(also) if name_slug(name) != key]
    slugs = {key, *map(name_slug, also)}
    papers = _papers(answers.items(given["papers"]), slugs, person.name, ground)
    entered = next((n for n, entry in enumerate(ground.authors) if entry.id == person.id), None)
    file = AuthorsFile(ground)
    if entered is not None:
        _complete(file, entered, ground.authors[entered], orcid, links)
        file.extend(entered, "papers", [paper for paper in papers if paper not in file.claimed(entered)])
        known = name_slugs(ground.authors[entered])
        file.extend(entered, "also", [name for name in also if name_slug(name) not in known])
    else:
        note = f"claimed by {ground.issue.login}" + (f" in issue {ground.issue.number}" if ground.issue.number else "")
        address = key if key not in file.ids() else ground.new_address(key, file.ids())
        new = AuthorEntry(id=address, name=person.name, also=tuple(also), orcid=orcid, links=links, note=note)
        shares = given["share"] != ALL or bool(ground.carriers({key}))
        if shares and not papers:
            raise RefusedError(f"others share the name {shown(person.name)}; list the papers that are yours")
        if shares:
            new = replace(new, id=ground.new_address(key, file.ids()), papers=tuple(papers))
        file.add(new)
        if shares:
            file.add_rest(key, person.name)
    said = f"[{ground.issue.login}](https://github.com/{ground.issue.login})"
    told = f"{said} says that {shown(person.name)} is them. Please look whether the ORCID or the pages agree."
    return file.change(f"Claim of {person.id}", told, *([_LEFT] if papers and entered is None else []))


def _complete(file: AuthorsFile, place: int, known: AuthorEntry, orcid: str | None, links: Mapping[str, str]) -> None:
    """Add to an entry what it does not have; what it has stays."""
    if orcid is not None and known.orcid not in (None, orcid):
        raise RefusedError(f"{shown(known.id)} has another ORCID already: {shown(known.orcid or '')}")
    if orcid is not None and known.orcid is None:
        file.set(place, "orcid", orcid)
    for key, address in links.items():
        if known.links.get(key, address) != address:
            raise RefusedError(f"{shown(known.id)} has another link {shown(key)} already: {shown(known.links[key])}")
    new = {key: address for key, address in links.items() if key not in known.links}
    if new:
        file.set(place, "links", new)
