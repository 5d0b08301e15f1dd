// rich_text and the table kinds, as nodes.

import { h, link } from "./dom.js";
import { emoji } from "./emoji.js";
import { date, group, mention, place, plain, words } from "./mrkdwn.js";

function styled(node, style = {}) {
  const tags = { bold: "strong", italic: "em", strike: "s", code: "code", underline: "u" };
  return Object.entries(tags).reduce((inside, [name, tag]) => (style[name] ? h(tag, {}, inside) : inside), node);
}

function leaf(part) {
  switch (part.type) {
    case "text": return part.text.split("\n").flatMap((line, n) => (n ? [h("br"), styled(line, part.style)] : [styled(line, part.style)]));
    case "link": return styled(link(part.url, part.text ?? part.url), part.style);
    case "emoji": return emoji(part.name) ?? `:${part.name}:`;
    case "user": return mention(part.user_id);
    case "usergroup": return group(part.usergroup_id);
    case "channel": return place(part.channel_id);
    case "broadcast": return h("span", { class: "mention mine" }, `@${part.range}`);
    case "date": return date(part.timestamp, part.format, part.url, part.fallback);
    case "color": return h("code", {}, part.value);
    default: return h("span", { class: "unknown" }, `[${part.type}] ${part.text ?? ""}`);
  }
}

function element(part) {
  const inside = () => (part.elements ?? []).map(leaf);
  switch (part.type) {
    case "rich_text_section": return h("div", {}, inside());
    case "rich_text_quote": return h("blockquote", {}, inside());
    case "rich_text_preformatted": return h("pre", {}, inside());
    case "rich_text_list": {
      const items = part.elements.map((one) => h("li", {}, element(one)));
      return h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${Math.min(part.indent ?? 0, 8)}`, start: part.offset ? String(part.offset + 1) : undefined }, items);
    }
    default: return h("div", { class: "unknown" }, `[${part.type}] `, inside());
  }
}

export const rich = (block) => h("div", { class: "rich" }, (block.elements ?? []).map(element));

function cell(part) {
  if (part.type === "rich_text") return rich(part);
  if (part.type === "raw_text") return plain(part.text);
  if (part.type === "raw_number") return h("span", { class: "number" }, String(part.text ?? part.value));
  return words(part);
}

export function table(block) {
  const [head, ...rows] = block.rows;
  const align = (index) => `align-${block.column_settings?.[index]?.align ?? "left"}`;
  return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": block.caption ?? "Table" },
    h("table", {},
      block.caption && h("caption", {}, block.caption),
      h("thead", {}, h("tr", {}, head.map((one, n) => h("th", { scope: "col", class: align(n) }, cell(one))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((one, n) => h(n === block.row_header_column_index ? "th" : "td", { class: align(n), scope: n === block.row_header_column_index ? "row" : undefined }, cell(one))))))));
}

/** A chart as its numbers: true, readable, and no drawing library. */
export function chart(block) {
  const { chart: what } = block;
  const rows = what?.type === "pie"
    ? (what.segments ?? []).map((one) => [one.label ?? "", one.value])
    : (what?.series ?? []).flatMap((series) => (series.data ?? series.points ?? []).map((one) => [`${series.name ?? ""} ${one.label ?? one.x ?? ""}`.trim(), one.value ?? one.y]));
  const most = Math.max(1, ...rows.map(([, value]) => Number(value) || 0));
  return h("figure", { class: "chart" },
    h("figcaption", {}, block.title),
    rows.map(([label, value]) => h("div", { class: "bar" }, h("span", {}, label), h("meter", { min: "0", max: String(most), value: Number(value) || 0 }), h("b", {}, String(value)))));
}
