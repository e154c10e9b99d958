"""Payloads that strangers' texts may hold, and what a browser finds on pages that show them.

A payload that works sets ``window.__pwned``, or makes an element that the same page with plain words has not.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from playwright.sync_api import Page

RUN = "window.__pwned='@'"
SCRIPT = f"<script>{RUN}</script>"
PAYLOADS = [
    # Elements
    f"@{SCRIPT}",
    f'@<img src=x onerror="{RUN}">',
    f"@<svg onload={RUN}><animate onbegin={RUN}></svg>",
    f'@<iframe srcdoc="<script>parent.__pwned=1</script>"></iframe><object data="javascript:{RUN}"></object>',
    f"@<math><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table></mtext></math>",
    f'@<a href="https://example.org/" onmouseover="{RUN}" data-x="@">over</a><b data-x=@>b</b>',
    "@<style>*{background:url(https://example.org/@)}</style><link rel=stylesheet href=https://example.org/@.css>",
    f'@<meta http-equiv=refresh content="0;url=javascript:{RUN}"><base href="//example.org/">',
    '@<form action="https://example.org/"><input name="@" autofocus onfocus="window.__pwned=1"></form>',
    # Out of where they stand
    f'@"><script>{RUN}</script>',
    f"@'><script>{RUN}</script>",
    f'@" onmouseover="{RUN}" data-x="@',
    f"@' onmouseover={RUN} data-x='@",
    f"@</title>{SCRIPT}",
    f"@</style>{SCRIPT}",
    f"@</script>{SCRIPT}",
    f"@</textarea></noscript></template></details><img src=x onerror={RUN}>",
    f"@]]>{SCRIPT}",
    f"<![CDATA[@{SCRIPT}]]>",
    f"<!-- @ -->{SCRIPT}",
    "<!-- @ and never closed",
    f'@\\"><script>{RUN}</script>\\',
    # Addresses
    f"javascript:{RUN}//@",
    f"jAvAsCrIpT:{RUN}//@",
    f"java\tscript:{RUN}//@",
    f" \x01javascript:{RUN}//@",
    f"&#106;avascript:{RUN}//@",
    f"&#x6A;avascript&colon;{RUN}//@",
    f"data:text/html,@{SCRIPT}",
    f"vbscript:{RUN}//@",
    f'https://example.org/@"><script>{RUN}</script>',
    f"https://example.org/@' onmouseover='{RUN}",
    # Markdown
    f"[@](javascript:{RUN})",
    f"[@](<java&#x73;cript:{RUN}> 'x') ![@](javascript:{RUN}) ![@](x){{ onerror={RUN} }}",
    f"@ <javascript:{RUN}> <data:text/html;base64,PHNjcmlwdD4=>",
    f"[@][r]\n\n[r]: javascript:{RUN}\n",
    f'@\n\n<div onclick="{RUN}" data-x="@" markdown="1">*raw*</div>\n\nafter',
    f"@\r\n\r\n{SCRIPT}\r\n",
    f'@ *x*{{: onmouseover="{RUN}" data-x="@" }}\n{{: #i@ .c onclick="{RUN}" }}',
    f'# @ {{#i@ .cls onclick={RUN}}}\n\n- x\n{{: onclick="{RUN}" }}',
    f"@[^1]\n\n[^1]: {SCRIPT}\n\n*[Abstract]: {SCRIPT}\n*[@]: x\n",
    f'```html title="{SCRIPT}"\n{SCRIPT}\n```\n@\n~~~ {{ .py onclick={RUN} }}\nx\n~~~',
    '@ --8<-- "mkdocs.yml"\n--8<-- "/etc/hosts"\n;--8<--',
    f'!!! note "@ {SCRIPT}"\n    x\n\n??? danger\n    {SCRIPT}',
    "@ | a | b |\n|---|---|\n| <script>window.__pwned=1</script> | x |\n",
    # Templates and front matter
    "@ {{ 7*7 }} {{ config }} {% raw %}{{ page }}{% endraw %} {# x #}",
    '@ {% include "main.html" %}{{ "".__class__.__mro__ }}',
    f'---\ntitle: "@"\nhide: [toc]\n---\n{SCRIPT}',
    f'@"\n---\n{SCRIPT}\n',
    '@", evil: true, x: "\nkind: page\ntemplate: 404.html',
    # Characters
    f"@\x00\x08\x1b<scr\x00ipt>{RUN}</scr\x00ipt>\x02wzxhzdk:0\x03\x7f\x9c",
    f"@ \u202eevil\u202c \u2066x\u2069\u200b\ufeff\ufffe <sc\u200bript>{RUN}</script>",
    f"@\u2028{RUN}\u2029`${{{RUN}}}`\x85",
    f"@ ${{{RUN}}} #{{{RUN}}} <%= {RUN} %> [[{RUN}]]",
    f"@ \uff1cscript\uff1e{RUN}\uff1c/script\uff1e \u2039b\u203a &lt;img src=x onerror={RUN}&gt; &amp;lt;i&amp;gt;",
    "@ " + "a very long text " * 2_500 + SCRIPT,
    "@" + "x" * 5_000,
]  # fmt: skip


def payload(number: int, marker: str) -> str:
    """Return a payload that carries `marker`, so that a hit names the field it came from."""
    return PAYLOADS[number % len(PAYLOADS)].replace("@", marker)


def plain(number: int, marker: str) -> str:
    """Return the harmless words, or the harmless address, that stand in a payload's place in the control."""
    is_address = PAYLOADS[number % len(PAYLOADS)].startswith("https://")
    return f"https://example.org/{marker}" if is_address else f"Plain words {marker}"


# Elements of a page as a browser's parser makes them, without running anything. What is in curators' Markdown is listed
# apart: there some elements are allowed.
INVENTORY = """async ([root, addresses]) => {
    const read = async (address) => {
        const answer = await fetch(root + address);
        const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
        const shape = (element) => `${element.localName}.${element.getAttribute('class') ?? ''}`
            + `[${element.getAttributeNames().sort()}]`;
        const written = '.note, .intro, .basis, .about, .tree div, .daylist div';
        const found = {status: answer.status, kind: page.documentElement.className, elements: [], counted: [],
                       notes: [], links: [], title: page.title, text: page.body.textContent};
        for (const element of page.querySelectorAll('*')) {
            const inside = element.parentElement?.closest(written);
            if (inside) found.notes.push(shape(element));
            const above = element.parentElement ? shape(element.parentElement) : '';
            if (!inside) found.elements.push(`${above} > ${shape(element)}`);
            // How many papers are similar depends on the words: their elements are known, their number is not.
            if (!inside && !element.closest('.similar, #similar-papers'))
                found.counted.push(`${above} > ${shape(element)}`);
            for (const name of ['href', 'src', 'action', 'data', 'formaction', 'xlink:href'])
                if (element.hasAttribute(name)) found.links.push(element.getAttribute(name));
        }
        return found;
    };
    const pages = {};
    for (let at = 0; at < addresses.length; at += 16)
        for (const [address, found] of await Promise.all(
            addresses.slice(at, at + 16).map(async (address) => [address, await read(address)])))
            pages[address] = found;
    return pages;
}"""

NOTE_ELEMENTS = {
    "a.[href]", "blockquote.[]", "br.[]", "code.[]", "em.[]", "li.[]", "ol.[]", "ol.[start]", "p.[]", "p.sig[class]",
    "pre.[]", "strong.[]", "ul.[]",
}  # fmt: skip
"""What a curator's Markdown may make; ``p.sig`` is ours."""

# The page as it lives, after its scripts ran.
LIVE = """(window) => {
    window ??= globalThis;
    const bad = [], document = window.document;
    if ('__pwned' in window) bad.push(`ran: ${window.__pwned}`);
    for (const element of document.querySelectorAll('*'))
        for (const {name, value} of element.attributes)
            if (/^(on|data-x$|srcdoc$|formaction$)/i.test(name)
                || /^(href|src|action|data|xlink:href)$/.test(name)
                && !/^(https?:|mailto:|file:|[^:]*$|[.#/?])/i.test(value.trim()))
                bad.push(`${element.localName} ${name}=${value.slice(0, 80)}`);
    return bad;
}"""

LIVE_IN_FRAMES = f"""async ([root, addresses]) => {{
    const live = {LIVE}, found = {{}};
    const open = (address) => new Promise((done) => {{
        const frame = document.createElement('iframe');
        frame.onload = () => setTimeout(() => {{
            const path = frame.contentWindow.location.pathname;
            const stayed = path === new URL(root + address).pathname;
            found[address] = stayed ? live(frame.contentWindow) : [`left for ${{path}}`];
            if ('__pwned' in window) found[address].push('ran here');
            delete window.__pwned;
            frame.remove();
            done();
        }}, 10);
        frame.src = root + address;
        document.body.append(frame);
    }});
    for (let at = 0; at < addresses.length; at += 12)
        await Promise.all(addresses.slice(at, at + 12).map(open));
    return found;
}}"""


def inventory(page: Page, root: str, addresses: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return what the browser's parser finds on each page below `root`."""
    page.goto(root)
    found: dict[str, dict[str, Any]] = page.evaluate(INVENTORY, [root, list(addresses)])
    assert {one["status"] for one in found.values()} == {200}
    return found


def live(page: Page, root: str, addresses: Iterable[str]) -> dict[str, list[str]]:
    """Open each page below `root` in a frame, with its scripts; return what ran or could."""
    page.goto(root)
    found: dict[str, list[str]] = page.evaluate(LIVE_IN_FRAMES, [root, list(addresses)])
    return found


def shapes_by_kind(found: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Return the element shapes that pages of each kind have."""
    kinds: dict[str, set[str]] = {}
    for one in found.values():
        kinds.setdefault(one["kind"], set()).update(one["elements"])
    return kinds


def strange_elements(found: dict[str, dict[str, Any]], control: dict[str, dict[str, Any]]) -> list[str]:
    """Return what stands on hostile pages that no harmless page of the same kind has, and what no note may make."""
    known = shapes_by_kind(control)
    strange = []
    for address, one in found.items():
        strange += [f"{address}: {shape}" for shape in set(one["elements"]) - known.get(one["kind"], set())]
        strange += [f"{address}: in a note: {shape}" for shape in set(one["notes"]) - NOTE_ELEMENTS]
        strange += [f"{address}: link {link!r}" for link in one["links"] if not is_safe_link(link)]
    return strange


def changed_elements(found: dict[str, Any], control: dict[str, Any]) -> Counter[str]:
    """Return how the elements of one page differ from its harmless twin's, outside curators' Markdown."""
    here, there = Counter(found["counted"]), Counter(control["counted"])
    return (here - there) + Counter({f"missing {shape}": count for shape, count in (there - here).items()})


def is_safe_link(link: str) -> bool:
    """Tell whether a link leads within the site or to the web."""
    if link.startswith(("//", "\\")) or link != link.strip() or not link.isprintable():
        return False
    scheme = re.match(r"([^/?#:]*):", link)
    return scheme is None or scheme[1].lower() in ("http", "https", "mailto")
