"""What curators get wrong, each with the place and the words of the message they must see; all of it invented.

``2501.PAPER`` stands for a paper that exists and that no other mistake uses, ``FILE`` for the file itself.
"""

from dataclasses import dataclass
from itertools import pairwise

FITS_NOT = "the indentation of this line does not fit the lines above; line it up with its neighbours"
AN_ID = "write an arXiv id such as 2503.16525, a DOI such as doi:10.1145/3600006.3613165, or the paper's https address"
PICK_KEYS = "expected keys and values (id, note, topics, highlight)"
ALIAS_BOMB = "a: &a [x, x]\n" + "".join(
    f"{below}: &{below} [*{above}, *{above}]\n" for above, below in pairwise("abcdefghijkl")
)
NEVER_CLOSED = "a quotation mark is never closed; close it, or quote the text with the other kind"


@dataclass(frozen=True)
class Mistake:
    """One mistake in one file; of a list file, `text` is what was added at its end."""

    name: str
    file: str
    """digest, topics, authors, corrections, curators, papers, config, or a place under the root."""
    text: str | bytes
    line: int
    column: int
    message: str

    @property
    def breaks(self) -> bool:
        """Whether nothing else can be read in the file, so that no other mistake beside it could be told."""
        return self.name.startswith("whole file: ")


def digest(name: str, text: str | bytes, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"digest: {name}", "digest", text, line, column, message)


def topics(name: str, text: str, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"topics: {name}", "topics", text, line, column, message)


def authors(name: str, text: str, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"authors: {name}", "authors", text, line, column, message)


def corrections(name: str, text: str, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"corrections: {name}", "corrections", text, line, column, message)


def declined(name: str, text: str, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"declined: {name}", "declined", text, line, column, message)


def curators(name: str, text: str, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"curators: {name}", "curators", text, line, column, message)


def papers(name: str, text: str, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"papers: {name}", "papers", text, line, column, message)


def config(name: str, text: str | bytes, line: int, column: int, message: str) -> Mistake:
    return Mistake(f"whole file: config: {name}", "config", text, line, column, message)


SYNTAX = [
    digest("colon in a note", "picks:\n  - id: 2501.PAPER\n    note: Title: more\n", 3, 16,
           'a second ": " on one line; put the text in quotes'),
    digest("no space after a key", "picks:\n  - id:2501.PAPER\n    note: a\n", 2, 5,
           "a space is missing after 'id:'; write 'id: 2501.PAPER'"),
    digest("no space after the only key", "picks:\n  - id:2501.PAPER\n", 2, 5,
           "a space is missing after 'id:'; write 'id: 2501.PAPER'"),
    digest("no space after the first key", "curator:editors\npicks:\n  - id: 2501.PAPER\n", 1, 1,
           "a space is missing after 'curator:'; write 'curator: editors'"),
    digest("no space after a dash", "picks:\n  - id: 2501.PAPER\n  -id: x\n", 3, 3, "a space is missing after '-'"),
    digest("no space after the only dash", "picks:\n  -id: 2501.PAPER\n", 2, 3,
           "expected a list, got keys and values; put '- ' before each item"),
    digest("no space after a dash at the start", "-curator: x\n", 1, 1,
           "unknown key '-curator'; a space is missing after '-'"),
    digest("no colon", "curator editors\npicks: []\n", 1, 1, "no ':' in 'curator editors'; write 'key: value'"),
    digest("no colon before a list", "curator: x\npicks\n  - id: 2501.PAPER\n", 2, 1,
           "a ':' is missing in this line; write 'key: value'"),
    digest("tab for indentation", "picks:\n\t- id: 2501.PAPER\n", 2, 1, "a tab; indent with spaces"),
    digest("tab among spaces", "picks:\n  - id: 2501.PAPER\n  \tnote: a\n", 3, 3, "a tab; indent with spaces"),
    digest("tab after a dash", "picks:\n  -\tid: 2501.PAPER\n    note: a\n", 2, 4, "a tab; indent with spaces"),
    digest("indented too little", "picks:\n  - id: 2501.PAPER\n   note: a\n", 3, 4, FITS_NOT),
    digest("indented too far", "picks:\n  - id: 2501.PAPER\n      note: a\n", 3, 7, FITS_NOT),
    digest("list outdented", "picks:\n  - id: 2501.PAPER\n - id: x\n", 3, 2, FITS_NOT),
    digest("first line indented", " curator: x\npicks: []\n", 2, 1, FITS_NOT),
    digest("odd spaces", "picks:\n\u00a0\u00a0- id: 2501.PAPER\n", 2, 1,
           r"unknown key '\xa0\xa0- id'; it begins with an odd space (U+00A0): use plain spaces"),
    digest("quote never closed", 'curator: x\nintro: "Serving day\npicks:\n  - id: 2501.PAPER\n', 2, 8, NEVER_CLOSED),
    digest("quote closed by the next one",
           'picks:\n  - id: 2501.PAPER\n    note: "one\n  - id: x\n    note: "two"\n', 3, 11, NEVER_CLOSED),
    digest("apostrophe in quotes", "intro: 'It's a day'\npicks: []\n", 1, 12,
           "text after the closing '; put all of the text in quotes of the other kind"),
    digest("text after quotes", 'intro: "KV" and more\n', 1, 13,
           'text after the closing "; put all of the text in quotes of the other kind'),
    digest("text after brackets", "intro: [a](https://example.org) b\n", 1, 11,
           "text after the closing ']'; put a text that begins with '[' in quotes"),
    digest("text after a tag", "intro: !!str !!str x\n", 1, 14,
           "this does not belong here; put the text in quotes"),
    digest("bracket never closed", "picks: [{id: 2501.PAPER}\ncurator: x\n", 1, 8,
           "this '[' is not closed, or a comma is missing; write [one, two]"),
    digest("brace never closed", "passed:\n  - {id: 2501.PAPER, why: x\ncurator: x\n", 2, 5,
           "this '{' is not closed, or a comma is missing; write {key: value, other: value}"),
    digest("bracket at the end", "picks: [", 1, 9,
           "a bracket is never closed, or a value is missing; close it, or write the value"),
    digest("stray bracket", "curator: ]\n", 1, 10, "a stray ']'; delete it, or put the text in quotes"),
    digest("emphasis at the start", "intro: *Important* day\n", 1, 8,
           "a text cannot begin with '*' here; put it in quotes"),
    digest("strong at the start", "intro: **Important** day\n", 1, 8,
           "a text cannot begin with '*' here; put it in quotes"),
    digest("code at the start", "intro: `vLLM` day\n", 1, 8, "a text cannot begin with '`' here; put it in quotes"),
    digest("at sign at the start", "curator: @editors\n", 1, 10, "a text cannot begin with '@' here; put it in quotes"),
    digest("per cent at the start", "%curator: x\n", 1, 1, "a text cannot begin with '%' here; put it in quotes"),
    digest("ampersand at the start", "intro: & more\n", 1, 8, "a text cannot begin with '&' here; put it in quotes"),
    digest("exclamation mark at the start", "intro: !important day\n", 1, 8,
           "tag '!important'; a text that begins with '!' must stand in quotes"),
    digest("text beside a bar", "intro: | text\n",
           1, 10, "text beside '>' or '|'; begin it on the next line, indented"),
    digest("hash in a text", "intro: ranks #1 today\n", 1, 8,
           "a '#' after a space begins a comment; put the text in quotes, or write '# ' for a comment"),
    digest("backslash in double quotes", 'intro: "a \\d b"\n', 1, 11,
           "a backslash in double quotes; use single quotes, or write it twice: \\\\"),
    digest("two documents", "curator: x\n---\ncurator: y\n", 2, 1,
           "a second document ('---'); keep one document in a file"),
    digest("front matter", "---\ncurator: x\n---\n", 3, 1, "a second document ('---'); keep one document in a file"),
    digest("merge conflict", "curator: x\n<<<<<<< HEAD\nintro: a\n=======\nintro: b\n>>>>>>> other\n", 2, 1,
           "a merge conflict; keep one of the two sides and delete the lines with the marks"),
    digest("alias", "picks:\n  - &one {id: 2501.PAPER}\n  - *one\n", 3, 5, "alias '*one'; write the value out"),
    digest("anchor", "picks:\n  - &one {id: 2501.PAPER}\n", 2, 5,
           "anchor '&one'; a text that begins with '&' must stand in quotes"),
    digest("alias bomb", ALIAS_BOMB, 2, 8, "alias '*a'; write the value out"),
    digest("merge key", "<<: {curator: x}\n", 1, 1, "unknown key '<<'; known keys are curator, intro, picks, passed"),
    digest("tag of a program's object", "curator: !!python/object/apply:os.system [id]\n", 1, 10,
           "tag '!!python/object/apply:os.system'; a text that begins with '!' must stand in quotes"),
    digest("500 open brackets", "picks: " + "[" * 500, 1, 57, "nested deeper than 50 levels; check the brackets"),
    digest("deep without brackets", "".join(f"{' ' * depth}a:\n" for depth in range(600)), 51, 51,
           "nested deeper than 50 levels; check the brackets"),
    digest("empty file", "", 1, 1,
           "the file is empty; write its keys (curator, intro, picks, passed), or delete the file"),
    digest("only comments", "# later\n", 1, 1,
           "nothing but comments in it; write its keys (curator, intro, picks, passed), or delete the file"),
    digest("latin-1", "curator: x\nintro: Jos\xe9's day\n".encode("latin-1"), 2, 11,
           "not UTF-8: byte 0xe9; save the file as UTF-8"),
    digest("UTF-16", "curator: x\n".encode("utf-16"), 1, 1, "the file is in UTF-16; save it as UTF-8"),
    digest("NUL byte", "curator: x\nintro: a\0b\n", 2, 9,
           "character U+0000 is not allowed in YAML; delete it, or save the file as UTF-8"),
    digest("absurd size", b"intro: " + b"x" * 10_000_001,
           1, 1, "10,000,008 bytes; a file may have 10,000,000: split it"),
]  # fmt: skip

DIGESTS = [
    digest("unknown key", "picks:\n  - id: 2501.PAPER\n    topcs: []\n",
           3, 5, "unknown key 'topcs'; did you mean 'topics'?"),
    digest("unknown key of the file", "editors: x\n", 1, 1,
           "unknown key 'editors'; known keys are curator, intro, picks, passed"),
    digest("very long key", f"{'k' * 500}: x\n", 1, 1,
           f"unknown key '{'k' * 57}...'; known keys are curator, intro, picks, passed"),
    digest("duplicate key", "curator: x\nintro: y\ncurator: z\n", 3, 1,
           "key 'curator' again; it stands in line 1 already: delete one"),
    digest("key missing", "passed:\n  - id: 2501.PAPER\n", 2, 5, "key 'why' is missing; add it"),
    digest("no value", "passed:\n  - id: 2501.PAPER\n    why:\n", 3, 9, "no value; write text"),
    digest("empty text", "curator: ''\n", 1, 10, "empty text; write something, or leave the key out"),
    digest("key that is a list", "? [a, b]\n: x\n", 1, 3, "expected a key, got a list"),
    digest("list for a mapping", "- id: 2501.PAPER\n", 1, 1,
           "expected keys and values (curator, intro, picks, passed), got a list"),
    digest("mapping for a list", "picks:\n  id: 2501.PAPER\n", 2, 3,
           "expected a list, got keys and values; put '- ' before each item"),
    digest("text for a list", "picks: 2501.PAPER\n", 1, 8,
           "expected a list, got the text '2501.PAPER'; write '- ' before each item"),
    digest("text for a mapping", "picks:\n  - 2501.PAPER\n", 2, 5,
           f"{PICK_KEYS}, got the text '2501.PAPER'; write 'id: 2501.PAPER'"),
    digest("nothing for a mapping", "picks:\n  - id: 2501.PAPER\n  -\n", 3, 4, f"{PICK_KEYS}, got nothing"),
    digest("list for a text", "intro: [a, b]\n", 1, 8, "expected text, got a list"),
    digest("text for a list of topics", "picks:\n  - id: 2501.PAPER\n    topics: llm-serving\n", 3, 13,
           "expected a list, got the text 'llm-serving'; write [llm-serving]"),
    digest("yes for true", "picks:\n  - id: 2501.PAPER\n    highlight: yes\n", 3, 16,
           "expected true or false, got 'yes'; write true"),
    digest("curly quotes around true", "picks:\n  - id: 2501.PAPER\n    highlight: “true”\n", 3, 16,
           "expected true or false, got '“true”'"),
    digest("no id at all", "picks:\n  - id: serving paper\n", 2, 9, f"not a paper id: 'serving paper'; {AN_ID}"),
    digest("curly quotes around an id", "picks:\n  - id: “2503.16525”\n", 2, 9,
           f"not a paper id: '“2503.16525”'; {AN_ID}"),
    digest("a digit too few", "picks:\n  - id: 2503.1652\n", 2, 9,
           f"not an arXiv id (5 digits stand after the point of that month's ids): '2503.1652'; {AN_ID}"),
    digest("unknown paper", "picks:\n  - id: arxiv:2401.99999v2\n", 2, 9,
           "no record for paper 'arxiv:2401.99999'; run 'digest add arxiv:2401.99999' or fix the id"),
    digest("unknown paper passed", "passed:\n  - {id: 10.1145/1.2, why: x}\n", 2, 10,
           "no record for paper 'doi:10.1145/1.2'; run 'digest add doi:10.1145/1.2' or fix the id"),
    digest("picked twice", "picks:\n  - id: 2501.PAPER\n  - id: https://arxiv.org/abs/2501.PAPER\n", 3, 9,
           "paper 'arxiv:2501.PAPER' again; it is in picks already: delete one"),
    digest("picked and passed", "picks:\n  - id: 2501.PAPER\npassed:\n  - {id: 2501.PAPER, why: x}\n", 4, 10,
           "paper 'arxiv:2501.PAPER' again; it is in picks already: delete one"),
    digest("picked on an earlier day", "picks:\n  - id: 2503.16525\n", 2, 9,
           "paper 'arxiv:2503.16525' was picked on 2024-12-31 already; delete one"),
    digest("unknown topic", "picks:\n  - id: 2501.PAPER\n    topics: [systems, llm-servng]\n", 3, 23,
           "unknown topic 'llm-servng'; did you mean 'llm-serving'?"),
    digest("topic of nowhere", "picks:\n  - id: 2501.PAPER\n    topics: [zzz]\n", 3, 14,
           "unknown topic 'zzz'; add it to content/topics.yml"),
    digest("topic's name for its id", "picks:\n  - id: 2501.PAPER\n    topics: [LLM serving]\n", 3, 14,
           "'LLM serving' cannot be an address; use lower-case letters, digits and single hyphens"),
    Mistake("digest: wrong year's folder", "content/digests/2024/2026-03-01.yml", "curator: x\n", 1, 1,
            "in the wrong folder; move it to content/digests/2026/2026-03-01.yml"),
    Mistake("digest: German date", "content/digests/2025/11.12.2025.yml", "curator: x\n", 1, 1,
            "'11.12.2025' is not a day; name the file like 2025-12-11.yml"),
    Mistake("digest: no such day", "content/digests/2025/2025-02-30.yml", "curator: x\n", 1, 1,
            "'2025-02-30' is not a day; name the file like 2025-12-11.yml"),
    Mistake("digest: another ending", "content/digests/2026/2026-03-02.yaml", "curator: x\n", 1, 1,
            "not read: the name ends in '.yaml'; end it in '.yml'"),
    Mistake("digest: no ending", "content/digests/2026/2026-03-03", "curator: x\n", 1, 1,
            "not read: the name has no ending; end it in '.yml'"),
    Mistake("digest: another folder", "content/digest/2026/2026-03-04.yml", "curator: x\n", 1, 1,
            "not read: it is in no place of ours; did you mean content/digests?"),
    Mistake("topics: another ending", "content/topics.yaml", "- a\n", 1, 1,
            "not read: it is in no place of ours; did you mean content/topics.yml?"),
    Mistake("a file of another name", "content/zebra.yml", "- a\n", 1, 1,
            "not read: it is in no place of ours; what is read is content/topics.yml, content/authors.yml, "
            "content/corrections.yml, content/declined.yml, content/curators.yml"),
    Mistake("page: name that the site needs", "content/pages/search.md", "# Mine\n", 1, 1,
            "'search' cannot be this page's address; name it in lower case, not days, weeks, months, papers, authors, "
            "topics, categories, curators, trending, highlights, search, subscribe, data, api, assets, index, 404"),
    Mistake("page: latin-1", "content/pages/about.md", "\nCaf\xe9\n".encode("latin-1"), 2, 4,
            "not UTF-8: byte 0xe9; save the file as UTF-8"),
]  # fmt: skip

LISTS = [
    topics("parent of nowhere", "- {id: a1, name: A, parent: systms}\n", 1, 29,
           "unknown topic 'systms'; did you mean 'systems'?"),
    topics("its own parent", "- id: a2\n  name: A\n  parent: a2\n", 3, 11,
           "a cycle of topics: a2 -> a2; take one parent out"),
    topics("cycle of three",
           "- {id: a3, name: A, parent: a4}\n- {id: a4, name: A, parent: a5}\n- {id: a5, name: A, parent: a3}\n", 1, 29,
           "a cycle of topics: a3 -> a4 -> a5 -> a3; take one parent out"),
    topics("id twice", "- {id: systems, name: Again}\n", 1, 8,
           "topic 'systems' again; ids are unique: rename or delete one"),
    topics("id of the site's own", "- {id: index, name: Index}\n", 1, 8,
           "'index' is an address of the site itself; choose another id"),
    topics("id with capitals", "- {id: LLM_Serving, name: A}\n", 1, 8,
           "'LLM_Serving' cannot be an address; use lower-case letters, digits and single hyphens"),
    topics("rule without phrases", '- {id: a6, name: A, match: {none: ["hotel"]}}\n', 1, 28,
           "a rule that matches nothing; give 'any' or 'categories'"),
    topics("phrase without a word", '- {id: a7, name: A, match: {any: ["KV", "--"]}}\n', 1, 41,
           "no word in '--'; write a word or phrase"),
    topics("phrases not in a list", "- {id: a8, name: A, match: {any: KV cache}}\n", 1, 34,
           "expected a list, got the text 'KV cache'; write [KV cache]"),
    topics("phrases under keys", "- {id: a9, name: A, match: {any: {KV: cache}}}\n", 1, 34,
           "expected a list, got keys and values; put '- ' before each item"),
    topics("name missing", "- id: a10\n", 1, 3, "key 'name' is missing; add it"),
    Mistake("whole file: topics: keys behind the list", "topics", "more: x\n", 1, 1, FITS_NOT),
    authors("wrong check digit", "- {id: b1, name: B One, orcid: 0000-0002-1825-0098}\n", 1, 32,
            "ORCID '0000-0002-1825-0098' has a wrong check digit; copy it again"),
    authors("no ORCID", '- {id: b2, name: B Two, orcid: "https://orcid.org/0"}\n', 1, 32,
            "expected an ORCID like 0000-0002-1825-0097, got 'https://orcid.org/0'"),
    authors("ORCID of another", "- {id: b3, name: B Three, orcid: 0000-0002-1825-0097}\n", 1, 34,
            "ORCID '0000-0002-1825-0097' belongs to 'ada-example' too; merge the entries or fix one"),
    authors("a page of no author", '- id: b11\n  name: B Eleven\n  links: {semantic_scholar: "https://example.org/b"}\n',
            3, 29, "'https://example.org/b' is no page of an author there; give one like "
            "https://www.semanticscholar.org/author/2262347"),
    authors("a profile of another",
            '- {id: b12, name: B Twelve, links: {openalex: "https://openalex.org/A500012"}}\n'
            '- {id: b13, name: B More, links: {openalex: "https://openalex.org/authors/a500012"}}\n', 2, 45,
            "'openalex:A500012' belongs to 'b12' too; merge the entries or fix one"),
    authors("name not on the paper", "- {id: b4, name: Nobody, papers: [2501.PAPER]}\n", 1, 35,
            "no author of 'arxiv:2501.PAPER' is called 'Nobody'; fix the id, or add the spelling to 'also'"),
    authors("claimed twice",
            "- {id: b5, name: Jo Two, papers: [2501.PAPER]}\n- {id: b6, name: Jo Two, papers: [2501.PAPER]}\n", 2, 35,
            "paper 'arxiv:2501.PAPER' is claimed by 'b5' too; delete one of the claims"),
    authors("claimed twice by one", "- {id: b7, name: Ann One, papers: [2501.PAPER, 2501.PAPERv1]}\n", 1, 48,
            "paper 'arxiv:2501.PAPER' again in this entry; delete one"),
    authors("claim of an unknown paper", "- {id: b8, name: B Eight, papers: [2401.99999]}\n", 1, 36,
            "no record for paper 'arxiv:2401.99999'; run 'digest add arxiv:2401.99999' or fix the id"),
    authors("id twice", "- {id: ada-example, name: Other Person}\n", 1, 8,
            "author 'ada-example' again; ids are unique: rename or delete one"),
    authors("spellings not in a list", "- id: b9\n  name: B Nine\n  also: Ann One\n  papers: [2501.PAPER]\n", 3, 9,
            "expected a list, got the text 'Ann One'; write [Ann One]"),
    authors("script for a link", '- {id: b10, name: B Ten, links: {homepage: "javascript:alert(1)"}}\n', 1, 44,
            "expected an address like https://example.org/, got 'javascript:alert(1)'"),
    corrections("unknown field", "- {id: 2501.PAPER, field: titel, value: x, why: y, by: z}\n", 1, 27,
                "'titel' is not one of title, abstract, published, doi, journal_ref, comment, organization, "
                "primary_category, withdrawn, authors; did you mean 'title'?"),
    corrections("unknown paper", "- {id: 2401.99999, field: title, value: x, why: y, by: z}\n", 1, 8,
                "no record for paper 'arxiv:2401.99999'; run 'digest add arxiv:2401.99999' or fix the id"),
    corrections("field twice",
                "- {id: 2501.PAPER, field: title, value: x, why: y, by: z}\n"
                "- {id: 2501.PAPER, field: title, value: y, why: y, by: z}\n", 2, 27,
                "'title' of 'arxiv:2501.PAPER' is corrected above already; delete one"),
    corrections("bad date", "- {id: 2501.PAPER, field: published, value: 11.12.2025, why: y, by: z}\n", 1, 45,
                "expected a date like 2025-12-11, got '11.12.2025'"),
    corrections("no such day", "- {id: 2501.PAPER, field: published, value: 2025-02-30, why: y, by: z}\n", 1, 45,
                "there is no day '2025-02-30'; check month and day"),
    corrections("bad DOI", "- {id: 2501.PAPER, field: doi, value: none, why: y, by: z}\n", 1, 39,
                "expected a DOI like 10.1145/3600006.3613165, got 'none'"),
    corrections("yes for true", "- {id: 2501.PAPER, field: withdrawn, value: yes, why: y, by: z}\n", 1, 45,
                "expected true or false, got 'yes'"),
    corrections("no names", "- {id: 2501.PAPER, field: authors, value: '; ;', why: y, by: z}\n", 1, 43,
                "expected names separated by semicolons, got '; ;'"),
    corrections("reason missing", "- {id: 2501.PAPER, field: title, value: x, by: z}\n",
           1, 3, "key 'why' is missing; add it"),
    topics("former id that is in use", "- {id: a11, name: A, was: [a12, systems]}\n", 1, 33,
           "'systems' is the id of an entry still; delete it here or there"),
    topics("former id that no address can be", "- {id: a13, name: A, was: [A_1]}\n", 1, 28,
           "'A_1' cannot be an address; use lower-case letters, digits and single hyphens"),
    authors("former id of two", "- {id: b14, name: B Fourteen, was: [b0]}\n- {id: b15, name: B Fifteen, was: [b0]}\n",
            2, 36, "'b0' leads to 'b14' already; delete one"),
    curators("unknown topic", "- {id: c1, name: C One, topics: [llm-servng]}\n", 1, 34,
             "unknown topic 'llm-servng'; did you mean 'llm-serving'?"),
    curators("unknown area", "- {id: c2, name: C Two, areas: [topic]}\n", 1, 33,
             "'topic' is not one of digests, topics, authors, corrections, papers, pages; did you mean 'topics'?"),
    curators("no account", "- {id: c3, name: C Three, account: c three}\n", 1, 36,
             r"'c three' has characters that cannot stand here; it must match "
             r"^@?[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$"),
    curators("id twice", "- {id: editors, name: Others}\n", 1, 8,
             "curator 'editors' again; ids are unique: rename or delete one"),
    curators("signs as another", "- {id: c4, name: Editors}\n", 1, 18,
             "'editors' stands for the curator 'editors' already; change the name or the id of one"),
    curators("ORCID of another", "- {id: c5, name: C Five, orcid: 0000-0002-1825-0097}\n", 1, 33,
             "ORCID '0000-0002-1825-0097' belongs to 'editors' too; merge the entries or fix one"),
    curators("script for a link", '- {id: c6, name: C Six, link: "javascript:alert(1)"}\n', 1, 31,
             "expected an address like https://example.org/, got 'javascript:alert(1)'"),
    papers("no title", "- id: doi:10.1234/a\n  date: 2025-12-11\n", 1, 3, "key 'title' is missing; add it"),
    papers("no date", "- id: doi:10.1234/b\n  title: B\n", 1, 3, "key 'date' is missing; add it"),
    papers("bad date", "- id: doi:10.1234/c\n  title: C\n  date: 12/11/2025\n", 3, 9,
           "expected a date like 2025-12-11, got '12/11/2025'"),
    papers("names without a key", "- id: doi:10.1234/d\n  title: D\n  date: 2025-12-11\n  authors: [Ada Example]\n",
           4, 13,
           "expected keys and values (name, affiliation, orcid)"
           ", got the text 'Ada Example'; write 'name: Ada Example'"),
    papers("a name that is none",
           "- id: doi:10.1234/e\n  title: E\n  date: 2025-12-11\n  authors: [{name: '...'}]\n", 4, 20,
           "no name in '...'; write the author's name"),
    papers("paper twice",
           "- {id: doi:10.1234/f, title: F, date: 2025-12-11}\n- {id: 10.1234/F, title: F, date: 2025-12-11}\n", 2, 8,
           "paper 'doi:10.1234/f' again; it is in FILE already: delete one"),
    papers("not a list", "id: doi:10.1234/g\n",
           1, 1, "expected a list, got keys and values; put '- ' before each item"),
    papers("nothing at all", "", 1, 1, "the file is empty; write a list, or [] for none, or delete the file"),
]  # fmt: skip

CONFIGS = [
    config("unknown key", "title: A\nurl: https://example.org/\nlanguge: en\n", 3, 1,
           "unknown key 'languge'; did you mean 'language'?"),
    config("unknown language", "title: A\nurl: https://example.org/\nlanguage: english\n", 3, 11,
           "'english' is not one of de, en, es, fr, it, ja, ko, nl, pl, pt, ru, zh"),
    config("no title", "url: https://example.org/\n", 1, 1, "key 'title' is missing; add it"),
    config("no scheme", "title: A\nurl: example.org\n", 2, 6,
           "expected an address like https://example.org/, got 'example.org'"),
    config("query", "title: A\nurl: https://example.org/?a=1\n", 2, 6,
           "'https://example.org/?a=1' has a query or fragment; give the folder's address"),
    config("number too large", "title: A\nurl: https://example.org/\nfeeds:\n  entries: 5000\n", 4, 12,
           "expected a whole number, got '5000'; it must be <= 1000"),
    config("no number", "title: A\nurl: https://example.org/\nfeeds: {days: many}\n", 3, 15,
           "expected a whole number, got 'many'"),
    config("branch with a space", "title: A\nurl: https://example.org/\nbranch: my branch\n", 3, 9,
           r"'my branch' has characters that cannot stand here; it must match ^[\w./-]+$"),
    config("unknown kind", "title: A\nurl: https://example.org/\nsources:\n  - {name: a, kind: arxv}\n", 4, 21,
           "'arxv' is not one of arxiv, arxiv-rss, bibtex, crossref, datacite, digest, feed, huggingface, landing, "
           "oai; did you mean 'arxiv'?"),
    config("source twice", "title: A\nurl: https://example.org/\nsources:\n"
           "  - {name: a, kind: huggingface}\n  - {name: a, kind: huggingface}\n", 5, 12,
           "source 'a' again; names are unique"),
    config("feed without an address", "title: A\nurl: https://example.org/\nsources:\n  - {name: a, kind: feed}\n",
           4, 5,
           "source 'a' asks for nothing; give 'url'"),
    config("source that asks for nothing",
           "title: A\nurl: https://example.org/\nsources:\n  - {name: a, kind: arxiv}\n", 4, 5,
           "source 'a' asks for nothing; give 'categories' or 'keywords' or 'query' or 'papers'"),
    config("source of another kind's setting",
           "title: A\nurl: https://example.org/\nsources:\n"
           "  - {name: a, kind: oai, categories: [cs.CL], keywords: [b]}\n",
           4, 57,
           "source 'a' is of kind oai, which takes no 'keywords'; remove it, or use kind arxiv"),
    config("period of another kind",
           "title: A\nurl: https://example.org/\nsources:\n"
           "  - {name: a, kind: oai, categories: [cs.CL], period: week}\n",
           4, 55,
           "source 'a' is of kind oai, which takes no 'period'; remove it"),
    config("category that is none",
           "title: A\nurl: https://example.org/\nsources:\n  - {name: a, kind: arxiv, categories: [cs.CL, cs CL]}\n",
           4, 48,
           "source 'a': 'cs CL' is no category of arXiv; write one like cs.CL"),
    config("DOI where arXiv ids are due",
           "title: A\nurl: https://example.org/\nsources:\n  - {name: a, kind: arxiv, papers: [10.5555/a]}\n", 4, 37,
           "source 'a': 'doi:10.5555/a' is no arXiv id, which kind arxiv asks for"),
    config("arXiv id where DOIs are due",
           "title: A\nurl: https://example.org/\nsources:\n"
           "  - {name: a, kind: datacite, papers: ['2512.00101']}\n", 4, 40,
           "source 'a': 'arxiv:2512.00101' is no DOI, which kind datacite asks for"),
    config("papers and a query",
           "title: A\nurl: https://example.org/\nsources:\n"
           "  - {name: a, kind: arxiv, query: 'ti:a', papers: ['2512.00101']}\n", 4, 51,
           "source 'a' asks for papers by id and by a query; make two sources of it"),
    config("rule that matches nothing",
           "title: A\nurl: https://example.org/\nrules:\n  exclude: [{name: all}]\n", 4, 13,
           "a rule that matches nothing; give 'phrases', 'categories', 'authors' or 'sources'"),
    config("rule about no source",
           "title: A\nurl: https://example.org/\nrules:\n  include: [{sources: [daily]}]\n", 4, 24,
           "no source 'daily'; those under 'sources' are: none"),
    config("rule with a phrase that is none",
           "title: A\nurl: https://example.org/\nrules:\n  include: [{phrases: [cache, '--']}]\n", 4, 31,
           "no word in '--'; write a word or phrase"),
    config("contact that is no mail address", "title: A\nurl: https://example.org/\ningest: {contact: me}\n", 3, 19,
           r"'me' has characters that cannot stand here; it must match ^[^@\s]+@[^@\s]+$"),
    config("empty", "", 1, 1,
           "the file is empty; write its keys (title, url, description, language, repository, branch, sources, feeds, "
           "ranking, metrics, ingest, rules, newsletter, subscribe), or delete the file"),
]  # fmt: skip

DECLINED = [
    declined("without its paper", "- {what: paper, why: a, by: b, date: 2025-12-11}\n", 1, 10,
             "a declined paper needs 'id'; add it"),
    declined("with what it does not take", "- {what: split, names: [A], id: 2501.PAPER, why: a, by: b,"
             " date: 2025-12-11}\n", 1, 33, "a declined split takes no 'id'; remove it"),
    declined("merge of one name", "- {what: merge, names: [A], why: a, by: b, date: 2025-12-11}\n", 1, 24,
             "expected two names or more of a declined merge, got 1"),
    declined("split of two names", "- {what: split, names: [A, B], why: a, by: b, date: 2025-12-11}\n", 1, 24,
             "expected one name of a declined split, got 2"),
    declined("unknown kind", "- {what: splt, names: [A], why: a, by: b, date: 2025-12-11}\n", 1, 10,
             "'splt' is not one of paper, correction, split, merge, claim, topic; did you mean 'split'?"),
    declined("no issue", "- {what: split, names: [B], why: a, by: b, date: 2025-12-11, issue: 0}\n", 1, 69,
             "expected a whole number, got '0'; it must be >= 1"),
    declined("the same twice", "- {what: topic, names: [C d], why: a, by: b, date: 2025-12-11}\n"
             "- {what: topic, names: [C-D], why: a, by: b, date: 2025-12-11}\n", 2, 10,
             "this topic was declined above already; delete one"),
]  # fmt: skip

MISTAKES = [*SYNTAX, *DIGESTS, *LISTS, *DECLINED, *CONFIGS]
