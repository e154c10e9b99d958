"""What people may send by the issue forms, and what must become of it; everything here is invented.

A body is made as GitHub makes it from a form's answers, or written out where it is hostile.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from generator.forms.form import Form, read_forms

FORMS: Mapping[str, Form] = read_forms(Path("nowhere"))
NAMED = {
    "authors": "content/authors.yml",
    "topics": "content/topics.yml",
    "corrections": "content/corrections.yml",
    "digest": "content/digests/2025/2025-12-11.yml",
    "records": "content/records/2025/2025-12-09.jsonl",
    "next": "content/digests/2025/2025-12-12.yml",
}


def written(form: str, **given: str) -> str:
    """Write a body as GitHub does: a heading for each question of the form, in its order."""
    answers = ((one.label, given.get(one.id, "") or "_No response_") for one in FORMS[form].fields)
    return "\n\n".join(f"### {label}\n\n{answer}" for label, answer in answers)


@dataclass(frozen=True)
class Sent:
    """One issue, and what becomes of it."""

    name: str
    body: str
    changes: Mapping[str, str] = field(default_factory=dict)
    """By file: the lines of ``git diff`` that begin with + or -."""
    refused: str = ""
    """Or the beginning of the reason."""
    labels: tuple[str, ...] = ("suggestion", "accept")


def change(name: str, form: str, given: Mapping[str, str], **changes: str) -> Sent:
    return Sent(name, written(form, **given), {NAMED[place]: lines for place, lines in changes.items()})


def refused(name: str, form: str, given: Mapping[str, str], reason: str) -> Sent:
    return Sent(name, written(form, **given), refused=reason)


def hostile(name: str, body: str, reason: str, *labels: str) -> Sent:
    return Sent(name, body, refused=reason, labels=("accept", *labels))


CORRECT = {"paper": "2512.00001", "field": "title", "value": "A better title", "why": "the paper has it so"}
TOPIC = {"name": "Energy", "description": "Joules.", "any": "energy efficiency", "why": "three papers"}
CLAIM = {"author": "Ada Example", "share": "All of them are mine", "orcid": "0000-0002-1825-0097", "proof": "see there"}
SPLIT = {"author": "Ada Example", "groups": "2512.00001\n2512.00002\n\n2512.00003", "why": "two fields"}
MERGE = {"names": "Ada Example\nA. Example", "why": "the same co-author"}
PAPER = {"paper": "2512.00004", "why": "Small caches, measured well."}

FRIENDLY = [
    change("a paper with a record", "suggest-paper", PAPER | {"day": "2025-12-11"},
           digest="+  - id: arxiv:2512.00004  # Paper arxiv:2512.00004\n+    note: Small caches, measured well."),
    change("a paper that is new, on the day of acceptance", "suggest-paper",
           {"paper": "https://arxiv.org/abs/2512.00101v2", "why": "Read it: now."},
           next='+picks:\n+  - id: arxiv:2512.00101  # Invented Caches\n+    note: "Read it: now."',
           records="+{RECORD}"),
    change("a title", "correct-paper", CORRECT,
           corrections="+- id: arxiv:2512.00001\n+  field: title\n+  value: A better title\n"
                       "+  why: the paper has it so\n+  by: someone"),
    change("authors, by the address of the page here", "correct-paper",
           {"paper": "https://example.org/papers/2512.00002/", "field": "authors",
            "value": "Ada Example ;Cy  Third; Eve #1", "why": "one was left out"},
           corrections="+- id: arxiv:2512.00002\n+  field: authors\n"
                       '+  value: "Ada Example; Cy Third; Eve #1"\n+  why: one was left out\n+  by: someone'),
    change("a DOI by its address", "correct-paper",
           CORRECT | {"field": "doi", "value": "https://doi.org/10.5555/NEW"},
           corrections="+- id: arxiv:2512.00001\n+  field: doi\n+  value: 10.5555/new\n"
                       "+  why: the paper has it so\n+  by: someone"),
    change("one name, two people", "split-author", SPLIT,
           authors="+- id: ada-example-1\n+  name: Ada Example\n+  papers:\n+    - arxiv:2512.00001\n"
                   "+    - arxiv:2512.00002\n+  note: two fields\n+\n+- id: ada-example-2\n+  name: Ada Example\n"
                   "+  papers:\n+    - arxiv:2512.00003\n+  note: two fields\n+"),
    change("one name, one group and the rest", "split-author", SPLIT | {"groups": "- 2512.00003"},
           authors="+- id: ada-example-1\n+  name: Ada Example\n+  papers:\n+    - arxiv:2512.00003\n"
                   "+  note: two fields\n+\n+- id: ada-example\n+  name: Ada Example\n+"),
    change("papers for an entry that is there", "split-author",
           {"author": "https://example.org/authors/wei-zhang/", "groups": "2512.00005\n2512.00006", "why": "x"},
           authors="-  papers: [arxiv:2512.00005]   # sure\n+  papers: [arxiv:2512.00005, arxiv:2512.00006]   # sure\n"
                   "+- id: wei-zhang\n+  name: Wei Zhang\n+"),
    change("two spellings", "merge-authors", MERGE,
           authors="+- id: ada-example\n+  name: Ada Example\n+  also: [A. Example]\n+  note: the same co-author\n+"),
    change("a spelling for an entry that is there", "merge-authors", {"names": "Cy Third\nDee Four", "why": "x"},
           authors="+    - Dee Four"),
    change("this is me", "claim-author",
           CLAIM | {"links": "https://github.com.example.org\nhttps://www.github.com/ada", "also": "Ada B. Example"},
           authors="+- id: ada-example\n+  name: Ada Example\n+  also: [Ada B. Example]\n"
                   "+  orcid: 0000-0002-1825-0097\n+  links:\n"
                   '+    homepage: "https://github.com.example.org/"\n+    github: "https://www.github.com/ada"\n'
                   '+  note: claimed by someone in issue 17\n+'),
    change("this is me, and others have my name", "claim-author",
           CLAIM | {"share": "Only those that I list below", "papers": "2512.00001"},
           authors="+- id: ada-example-1\n+  name: Ada Example\n+  papers:\n+    - arxiv:2512.00001\n"
                   "+  orcid: 0000-0002-1825-0097\n+  note: claimed by someone in issue 17\n"
                   "+\n+- id: ada-example\n+  name: Ada Example\n+"),
    change("this is me, in an entry that is there", "claim-author",
           CLAIM | {"author": "cy-third", "links": "https://www.semanticscholar.org/author/2262347"},
           authors='-  links: {homepage: "https://example.org/cy"}   # his own\n'
                   '+  links: {homepage: "https://example.org/cy", '
                   'semantic_scholar: "https://www.semanticscholar.org/author/2262347"}   # his own\n'
                   "+  orcid: 0000-0002-1825-0097"),
    change("a topic with its rule", "suggest-topic",
           TOPIC | {"parent": "Systems", "any": "energy efficiency\n* carbon - or its price, counted",
                    "none": "energy-based", "categories": "cs.DC, cs.AR"},
           topics="+\n+- id: energy\n+  name: Energy\n+  parent: systems\n+  description: Joules.\n+  match:\n"
                  '+    any: [energy efficiency, "carbon - or its price, counted"]\n+    none: [energy-based]\n'
                  "+    categories: [cs.DC, cs.AR]"),
    change("a topic without a rule", "suggest-topic", TOPIC | {"any": ""},
           topics="+\n+- id: energy\n+  name: Energy\n+  description: Joules."),
    refused("a paper picked already", "suggest-paper", PAPER | {"paper": "2512.00001"},
            "it would not be right: `paper 'arxiv:2512.00001' was picked on 2025-12-11 already; delete one`"),
    refused("a paper passed over", "suggest-paper", PAPER | {"paper": "2512.00003"},
            "`arxiv:2512.00003` was looked at on 2025-12-11 and passed over: `no measurement`"),
    refused("a paper declined before", "suggest-paper", PAPER | {"paper": "arxiv:2512.00009"},
            "this was declined on 2025-12-01 (#4): `an announcement`"),
    refused("a paper that nobody knows", "suggest-paper", PAPER | {"paper": "2512.00404"},
            "nothing could be found out about `arxiv:2512.00404`: `no such paper (HTTP 404)`"),
    refused("a correction that was made", "correct-paper", CORRECT | {"paper": "2512.00002"},
            "title of `arxiv:2512.00002` was corrected by hand already: `Words as printed`"),
    refused("a merge declined before, in another order", "merge-authors",
            {"names": "Dee Four\nBo Other", "why": "x"}, "this was declined on 2025-12-01: `two fields`"),
    refused("two entries", "merge-authors", {"names": "Cy Third\nWei Zhang", "why": "x"},
            "`wei-zhang-vision` and `cy-third` have entries of their own in `content/authors.yml`"),
    refused("an ORCID with a slip", "claim-author", CLAIM | {"orcid": "0000-0002-1825-0098"},
            "it would not be right: `ORCID '0000-0002-1825-0098' has a wrong check digit; copy it again`"),
    refused("a paper by somebody else", "split-author", SPLIT | {"groups": "2512.00004"},
            "no author of `arxiv:2512.00004` is called `Ada Example`"),
    refused("others share the name, and no paper is listed", "claim-author",
            CLAIM | {"share": "Only those that I list below"}, "others share the name `Ada Example`; list the papers"),
    refused("another home page than is known", "claim-author",
            CLAIM | {"author": "cy-third", "links": "https://other.example.org/"},
            "`cy-third` has another link `homepage` already: `https://example.org/cy`"),
    refused("three home pages", "claim-author",
            CLAIM | {"links": "https://a.example\nhttps://b.example\nhttp://c.example"},
            "`http://c.example/` is one page more of its kind than can be shown"),
    refused("a profile of nobody", "claim-author", CLAIM | {"links": "https://openalex.org/works"},
            "`https://openalex.org/works` is no page of an author there; give one like `https://openalex.org/A502"),
    refused("no address", "claim-author", CLAIM | {"links": "javascript:alert(1)"},
            "`javascript:alert(1)` is no address"),
    refused("no name", "claim-author", CLAIM | {"also": "..."}, "`...` is no name"),
    refused("an author of nowhere", "split-author", SPLIT | {"author": "No One"}, "no author here is called `No One`"),
    refused("a list of no papers", "split-author", SPLIT | {"groups": "- \n* "}, "no paper is listed"),
    refused("a paper of two people", "split-author", SPLIT | {"groups": "2512.00001\n\n2512.00001"},
            "`arxiv:2512.00001` is listed for two people"),
    refused("a spelling that is known", "merge-authors", {"names": "Cy Third\nC. Third", "why": "x"},
            "two names with pages of their own are needed"),
    change("a group that has its entry: the rest is somebody else's", "split-author",
           {"author": "Wei Zhang", "groups": "2512.00005", "why": "x"},
           authors="+- id: wei-zhang\n+  name: Wei Zhang\n+"),
    refused("names that share a page", "merge-authors", {"names": "Ada Example\nADA EXAMPLE", "why": "x"},
            "two names with pages of their own are needed"),
    refused("a correction of a paper of nowhere", "correct-paper", CORRECT | {"paper": "2512.00404"},
            "there is no paper `arxiv:2512.00404` in this digest; suggest it first"),
    refused("a value that is none", "correct-paper", CORRECT | {"field": "published", "value": "last May"},
            "it would not be right: `expected a date like 2025-12-11, got 'last May'`"),
    refused("a topic that is there", "suggest-topic", TOPIC | {"name": "CACHING!"}, "there is a topic `caching`"),
    refused("a topic under nothing", "suggest-topic", TOPIC | {"parent": "Nothing"}, "there is no topic `Nothing`"),
    refused("a rule that finds nothing", "suggest-topic", TOPIC | {"any": "", "none": "x"}, "words rule papers out"),
    refused("a category that is none", "suggest-topic", TOPIC | {"categories": "cs.DC, x y"}, "`x y` is no category"),
    refused("a day to come", "suggest-paper", PAPER | {"day": "2025-12-13"}, "the day `2025-12-13` is to come"),
    refused("nothing but a name", "claim-author", CLAIM | {"orcid": ""}, "neither an ORCID nor a page of yours"),
]  # fmt: skip

SIGNS = "\u202etpircs\u202c \u200b<script>alert(1)</script> \U000e0041"
HOSTILE = [
    change("workflow commands, and YAML of its own", "correct-paper",
           CORRECT | {"value": "::set-output name=a::b\n- id: x\n  'y\": {*a, &b, !c} # d",
                      "why": "%0A::error::x ${{ a }}"},
           corrections="+- id: arxiv:2512.00001\n+  field: title\n"
                       "+  value: \"::set-output name=a::b - id: x 'y\\\": {*a, &b, !c} # d\"\n"
                       '+  why: "%0A::error::x ${{ a }}"\n+  by: someone'),
    change("Markdown, HTML and signs that nobody sees", "suggest-paper",
           PAPER | {"day": "2025-12-11", "why": f"@all ![x](https://x.example/p) [y](javascript:z) {SIGNS}"},
           digest="+  - id: arxiv:2512.00004  # Paper arxiv:2512.00004\n"
                  '+    note: "@all ![x](https://x.example/p) [y](javascript:z) tpircs <script>alert(1)</script>"'),
    change("headings that are none of the form's, in an answer", "suggest-topic",
           TOPIC | {"description": "## A\n\n### Anything else\n\n---\nb"},
           topics='+\n+- id: energy\n+  name: Energy\n+  description: "## A ### Anything else --- b"\n'
                  "+  match:\n+    any: [energy efficiency]"),
    refused("a path for a paper", "suggest-paper", PAPER | {"paper": "../../.github/workflows/x.yml"},
            "`../../.github/workflows/x.yml` is no paper; give an arXiv id"),
    refused("an address inside the network", "suggest-paper", PAPER | {"paper": "http://127.0.0.1:8080/admin"},
            "nothing could be found out about `url:127.0.0.1:8080/admin`"),
    refused("a day that is a path", "suggest-paper", PAPER | {"day": "2025-12-11/../../x"},
            "`2025-12-11/../../x` is no day like `2025-12-11`"),
    change("a name that is a path, and an address of the site", "suggest-topic", TOPIC | {"name": "../../index"},
           topics='+\n+- id: topic-index\n+  name: "../../index"\n+  description: Joules.\n'
                  "+  match:\n+    any: [energy efficiency]"),
    refused("an answer that is no choice", "correct-paper", CORRECT | {"field": "__class__"},
            "`__class__` is not one of the answers to `What is wrong?`"),
    hostile("an answer of 60,000 signs", written("correct-paper", **CORRECT | {"why": "#### " * 12_000}),
            "`#### #### "),
    hostile("a text of a million signs", "### Which paper?\n" * 60_000, "the text has 1,020,000 characters; 70,000"),
    hostile("60,000 papers", written("split-author", **SPLIT | {"groups": "a\n" * 30_000}), "30,000 lines where 200"),
    hostile("300 papers in groups", written("split-author", **SPLIT | {"groups": ("a\n" * 100 + "\n") * 3}),
            "more than 200 papers; send the rest in another issue"),
    hostile("two forms in one", written("suggest-paper", **PAPER) + "\n\n" + written("suggest-topic", **TOPIC),
            "its headings are not those of one form"),
    hostile("a heading of the form in an answer",
            written("correct-paper", **CORRECT | {"why": "x\n\n### Which paper?\n\n2512.00002"}),
            "the heading `Which paper?` stands in it more than once"),
    hostile("a heading written another way",
            written("correct-paper", **CORRECT).replace("### Which paper?", "### Which paper？"),
            "a heading is not as the form writes it: `### Which paper？`"),
    hostile("a comment", written("correct-paper", **CORRECT) + "\n<!-- ### Which paper?\n\n2512.00002 -->",
            "there is a comment in the text that readers do not see"),
    hostile("text before the form", "Hello\n" + written("correct-paper", **CORRECT),
            "there is text before the first heading: `Hello`"),
    hostile("no form at all", "Please look at this paper.", "this was not written by one of the forms"),
    hostile("nothing", "", "this was not written by one of the forms"),
    hostile("a label that says otherwise", written("correct-paper", **CORRECT), "it has the label `declined`",
            "declined"),
    hostile("a required answer left out", written("correct-paper", **CORRECT | {"why": "\u200b\u00ad"}),
            "`How do you know?` has no answer"),
]  # fmt: skip
SENT = [*FRIENDLY, *HOSTILE]
