"""A report as a page: figures, those of the period before, and what to look at next, in a form that needs no script."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from typing import Final

from bot.agreement import Agreement
from bot.attribution import UNKNOWN, Journey, Model, credited
from bot.feedback import line_words
from bot.figures import Figures, Share, Spread
from bot.leads.lead import Verdict
from bot.money import Money, listed
from bot.pages.looks import SCRIPT, STYLE
from bot.reports import Report
from bot.reports.told import MODELS, by_version, changes, contacted, handed, lasted, parts_said, spread_words
from bot.text import day, one_line

SUGGESTED: Final = ("last week", "this week", "last month", "this month", "last quarter", "this year")
WHY: Final = "Reasons"
AT_RIGHT: Final = ' class="n"'
BARS: Final = "Bars, from above: handed over, accepted, contacted."
NO_INDEX: Final = '<meta name="robots" content="noindex">'


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the form of the page offers, and what was chosen in it."""

    offered: Mapping[str, Sequence[str]] = field(default_factory=dict)  # team, campaign, source
    chosen: Mapping[str, str] = field(default_factory=dict)  # those, and period, segment, attribution
    sentence: str = ""  # why what was chosen cannot be told


def policy() -> str:
    """What a browser may do on the page: nothing but what stands in it."""
    style, script = (b64encode(sha256(each.encode()).digest()).decode() for each in (STYLE, SCRIPT))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def closed_page(sentence: str) -> str:
    """Why there are no figures here."""
    return _document("Truce", f"<main><h1>Nothing to see here</h1><p>{escape(sentence)}</p></main>")


def report_page(report: Report | None, choices: Choices, agreement: Agreement) -> str:
    """All of a report, or, where what was chosen makes no sense, the form with a sentence."""
    parts = [_form(choices)]
    title = "Figures"
    if report is None:
        parts.insert(0, "<h1>Figures</h1>")
        parts.append(f'<p class="note" role="alert">{_words(choices.sentence)}</p>')
    else:
        whose = f" · {', '.join(report.whose)}" if report.whose else ""
        title = f"{report.period}{whose}"
        parts.insert(0, f"<h1>{_words(title)}</h1>{_stands(report, agreement)}")
        parts += _parts(report, agreement)
    return _document(title, f"<main>{''.join(parts)}</main><script>{SCRIPT}</script>")


def _document(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(one_line(title))}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{NO_INDEX}'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def _words(text: str) -> str:
    """Words from outside: no markup, and with a direction of their own."""
    return f"<bdi>{escape(one_line(text))}</bdi>"


def _stands(report: Report, agreement: Agreement) -> str:
    zone = agreement.calendar.zone
    there = report.at.astimezone(zone)
    words = f"As it stands on {day(there)}, {there:%H:%M}."
    if report.frozen_at is not None:
        words = f"Frozen on {day(report.frozen_at.astimezone(zone))}."
    small = " ".join([words, f"In brackets: {report.period.before()}.", *by_version(report, agreement)])
    told = f'<p class="faint">{small}</p>'
    return told + "".join(f'<p class="note">{escape(line)}</p>' for line in changes(report, agreement))


def _form(choices: Choices) -> str:
    chosen = choices.chosen
    fields = [
        (
            f'<label>Period<input name="period" list="periods" value="{escape(chosen.get("period", ""))}" '
            f'placeholder="last week"></label><datalist id="periods">{_options(SUGGESTED)}</datalist>'
        )
    ]
    for name, label in (("team", "Team"), ("campaign", "Campaign"), ("source", "Source")):
        offered = choices.offered.get(name, ())
        if offered:
            options = _options(offered, chosen.get(name, ""))
            fields.append(
                f'<label>{label}<select name="{name}"><option value="">all</option>{options}</select></label>'
            )
    fields.append(
        f'<label>Industry or country<input name="segment" value="{escape(chosen.get("segment", ""))}"></label>'
    )
    return f'<form method="get" action="/reports">{"".join(fields)}<button>Show</button></form>'


def _options(names: Iterable[str], chosen: str = "") -> str:
    return "".join(
        f'<option value="{escape(name)}"{" selected" if name == chosen else ""}>{escape(one_line(name))}</option>'
        for name in names
    )


def _parts(report: Report, agreement: Agreement) -> Iterator[str]:
    now, before = report.figures, report.before
    yield _tiles(now, before)
    yield _times(now, before, agreement)
    if now.rejected:
        yield _reasons(now, agreement)
    if now.tallies:
        yield _campaigns(now, agreement)
    if now.deals or report.pipeline:
        yield _deals(report)
    if report.reminders:
        yield _reminders(report.reminders)
    if not (now.tallies or now.deals or now.decided):
        yield '<p class="note">Nothing was handed over in this time, and no deal closed.</p>'


def _tiles(now: Figures, before: Figures) -> str:
    made = now.decided
    told: list[tuple[str, str, str]] = [
        ("Handed over", f"{now.handed_over:,}", f"{before.handed_over:,}"),
        ("Accepted", f"{now.accepted:,}", f"{before.accepted:,}"),
        ("Rejected", f"{now.rejected:,}", f"{before.rejected:,}"),
        ("Waiting", f"{now.waiting:,}", f"{before.waiting:,}"),
        ("Left out", f"{now.left_out:,}", f"{before.left_out:,}"),
        ("Acceptance", str(now.acceptance), str(before.acceptance)),
        ("Lead quality", str(now.quality), str(before.quality)),
        ("Contacted", f"{now.contacted:,}", f"{before.contacted:,}"),
        ("Followed up in time", str(now.followed_up), str(before.followed_up)),
        ("Never contacted", f"{now.never_contacted:,}", f"{before.never_contacted:,}"),
        *(
            (
                f"Within the clock, {name}",
                str(now.within_the_clock(hot=hot)),
                str(before.within_the_clock(hot=hot)),
            )
            for hot, name in ((True, "hot"), (False, "standard"))
        ),
        (
            "Decisions made in this time",
            f"{made.get(Verdict.ACCEPTED, 0) + made.get(Verdict.REJECTED, 0):,}",
            f"{sum(before.decided.values()):,}",
        ),
        ("Deals won", str(now.win_rate), str(before.win_rate)),
    ]
    items = "".join(
        f"<li><span>{name}</span><b>{escape(value)}</b><span>({escape(was)})</span></li>"
        for name, value, was in told
    )
    return f'<h2>What became of the leads</h2><ul class="tiles">{items}</ul>'


def _times(now: Figures, before: Figures, agreement: Agreement) -> str:
    rows = []
    for name, spread, was in (
        ("Time to decision", now.to_decision, before.to_decision),
        ("Time to first contact", now.to_contact, before.to_contact),
    ):
        rows.append(
            [name, "-" if spread is None else spread_words(spread, agreement), _middle(was, agreement)]
        )
    system = now.system
    said = "-" if system is None else f"middle {system.middle / 1000:.1f} s, of {system.number:,}"
    rows.append(["System time, Truce's own", said, ""])
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    head = "<tr><th>Figure</th><th>Working time of the team</th><th>Middle before</th></tr>"
    return f'<h2>Times</h2><div class="wide" tabindex="0" role="region" aria-label="Times"><table><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _middle(spread: Spread | None, agreement: Agreement) -> str:
    return "" if spread is None else lasted(spread.middle, agreement)


def _reasons(figures: Figures, agreement: Agreement) -> str:
    before, after = figures.reasons(after_contact=False), figures.reasons(after_contact=True)
    in_all = figures.reasons()
    rows = "".join(
        f"<tr><td>{_words(agreement.label(code))}</td>{_number(number)}{_number(before[code])}{_number(after[code])}</tr>"
        for code, number in sorted(in_all.items(), key=lambda each: (-each[1], each[0]))
    )
    heads = ("Reason", "Rejected", "Before first contact", "After it")
    return f"<h2>Why leads were rejected</h2>{_sorted_table(heads, rows)}"


def _campaigns(figures: Figures, agreement: Agreement) -> str:
    lines, quality = figures.lines(), figures.quality_by(lambda each: each.line)
    most = max(map(handed, lines.values()), default=1)
    rows = []
    for line, tallies in lines.items():
        steps = (handed(tallies), handed(tallies, Verdict.ACCEPTED), contacted(tallies))
        top = sorted(figures.reasons(line).items(), key=lambda each: (-each[1], each[0]))[:3]
        why = ", ".join(f"{_words(agreement.label(code))} {number:,}" for code, number in top)
        good: Share = quality[line]
        rows.append(
            f"<tr><td>{_words(line_words(line))}</td><td data-value='{steps[0]}'>{_bars(steps, most)}</td>"
            f"{''.join(map(_number, steps))}{_number(handed(tallies, Verdict.REJECTED))}"
            f'<td class="n" data-value="{good.percent}">{escape(str(good))}</td><td>{why}</td></tr>'
        )
    heads = (
        "Campaign or source",
        "",
        "Handed over",
        "Accepted",
        "Contacted",
        "Rejected",
        "Lead quality",
        WHY,
    )
    return f"<h2>By campaign and source</h2>{_sorted_table(heads, ''.join(rows), BARS)}"


def _bars(steps: Sequence[int], most: int) -> str:
    """The funnel of one campaign; the numbers stand beside it."""
    bars = "".join(
        f'<rect class="{name}" x="0" y="{place * 12}" width="{100 * number / most:.2f}" height="10"/>'
        for place, (name, number) in enumerate(zip(("one", "two", "three"), steps, strict=True))
    )
    return (
        f'<svg class="bars" viewBox="0 0 100 34" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>'
    )


def _deals(report: Report) -> str:
    now = report.figures
    money = f", {listed(now.revenue)}" if now.revenue else ""
    closed = f"<p>Won {escape(str(now.win_rate))}{escape(money)}. Open now {len(report.pipeline):,}.</p>"
    tables = [
        _owed(name, deals) for name, deals in (("Won", report.won), ("Open now", report.pipeline)) if deals
    ]
    return f"<h2>Deals</h2>{closed}{''.join(tables)}"


def _owed(name: str, deals: Sequence[Journey]) -> str:
    """Deals and money by campaign, all models side by side."""
    told = {model: credited(model, deals, lambda each: each.line) for model in Model}
    lines = sorted(
        {line for rows in told.values() for line in rows}, key=lambda line: (line == UNKNOWN, line)
    )
    rows = []
    for line in lines:
        cells = []
        for model in Model:
            row = told[model].get(line)
            if row is None:
                cells.append('<td class="n" data-value="0">0</td>')
                continue
            money = [
                Money(currency=currency, amount=round(amount, -4)) for currency, amount in row.money.items()
            ]
            said = f"{parts_said(row.deals)}{f' ({listed(money)})' if money else ''}"
            cells.append(f'<td class="n" data-value="{float(row.deals)}">{escape(said)}</td>')
        called = UNKNOWN if line == UNKNOWN else line_words(line)
        rows.append(f"<tr><td>{_words(called)}</td>{''.join(cells)}</tr>")
    heads = ("Campaign or source", *(MODELS[model] for model in Model))
    return f"<h3>{name}, by what they are owed to</h3>{_sorted_table(heads, ''.join(rows))}"


def _reminders(rungs: Mapping[str, Share]) -> str:
    rows = "".join(
        f'<tr><td>{escape(rung)}</td>{_number(share.whole)}<td class="n" data-value="{share.percent}">'
        f"{escape(str(share))}</td></tr>"
        for rung, share in sorted(rungs.items())
    )
    heads = ("Rule of reminders", "Sent", "Acted on within a working hour")
    return f"<h2>Reminders</h2>{_sorted_table(heads, rows)}"


def _number(number: int) -> str:
    return f'<td class="n" data-value="{number}">{number:,}</td>'


def _sorted_table(heads: Sequence[str], rows: str, caption: str = "") -> str:
    head = "".join(_head(name, is_number=place > 0 and name != WHY) for place, name in enumerate(heads))
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(heads[0])}"><table data-sorts>{said}'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _head(name: str, *, is_number: bool) -> str:
    if not name:
        return '<th aria-hidden="true"></th>'
    return (
        f'<th scope="col"{AT_RIGHT if is_number else ""}><button type="button">{escape(name)}</button></th>'
    )
