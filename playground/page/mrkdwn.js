// Slack's mrkdwn, plain text and the markdown block, as nodes. Outside text becomes text nodes only.

import { h, link } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { channel, me, person, state } from "./state.js";
import { formatted } from "./time.js";

const unescaped = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const INLINE = /(`[^`\n]+`)|(<[^<>\n]+>)|(?<![\w*])\*(?=\S)([^*\n]*\S)\*(?![\w*])|(?<![\w_])_(?=\S)([^_\n]*\S)_(?![\w_])|(?<![\w~])~(?=\S)([^~\n]*\S)~(?![\w~])/g;

export function mention(id) {
  const one = person(id);
  return h("span", { class: id === state.screen.me ? "mention mine" : "mention", title: one.name }, `@${one.name}`);
}

export function place(id, name) {
  const found = channel(id);
  return found
    ? h("a", { class: "mention", href: `?as=${state.as}&in=${id}`, data: { place: id } }, `#${found.name}`)
    : h("span", { class: "mention" }, `#${name ?? "private"}`);
}

export function group(id, words) {
  const found = state.screen.groups.find((one) => one.id === id);
  return h("span", { class: "mention" }, found ? `@${found.handle}` : words ?? "@group");
}

export function date(ts, format, url, fallback) {
  const words = Number.isFinite(ts) ? formatted(ts, format) : fallback;
  const moment = Number.isFinite(ts) && h("time", { datetime: new Date(ts * 1000).toISOString(), title: formatted(ts, "{date_long} at {time_secs}"), data: { ts, format } }, words);
  return url ? link(url, moment || words) : moment || words;
}

function entity(inside) {
  const [target, words] = inside.split(/\|(.*)/s);
  if (target.startsWith("@")) return mention(target.slice(1));
  if (target.startsWith("#")) return place(target.slice(1), words);
  if (target.startsWith("!subteam^")) return group(target.slice(9), words);
  if (target.startsWith("!date^")) {
    const [, ts, format, url] = target.split("^");
    return date(Number(ts), format ?? "", url, words ?? "");
  }
  if (target.startsWith("!")) return h("span", { class: "mention mine" }, `@${words ?? target.slice(1)}`);
  return link(target, unescaped(words ?? target.replace(/^(mailto|tel):/, "")));
}

function inline(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, code, angle, bold, italic, strike] = found;
    nodes.push(withEmoji(unescaped(text.slice(at, found.index))));
    if (code) nodes.push(h("code", {}, unescaped(code.slice(1, -1))));
    else if (angle) nodes.push(entity(angle.slice(1, -1)));
    else if (bold) nodes.push(h("strong", {}, inline(bold)));
    else if (italic) nodes.push(h("em", {}, inline(italic)));
    else nodes.push(h("s", {}, inline(strike)));
    at = found.index + whole.length;
  }
  nodes.push(withEmoji(unescaped(text.slice(at))));
  return nodes;
}

function lines(text) {
  const nodes = [];
  let quote = null;
  text.split("\n").forEach((line, number) => {
    const quoted = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) nodes.push((quote = h("blockquote")));
      else quote.append(h("br"));
      quote.append(...inline(quoted[1]).flat());
    } else {
      if (number && !quote) nodes.push(h("br"));
      quote = null;
      nodes.push(...inline(line));
    }
  });
  return nodes;
}

/** mrkdwn as nodes. */
export function mrkdwn(text) {
  return text.split(/```\n?([\s\S]*?)\n?```/g).map((part, number) => (number % 2 ? h("pre", {}, unescaped(part)) : lines(part)));
}

/** A text object as nodes. */
export function words(object) {
  if (!object) return [];
  return object.type === "mrkdwn" ? mrkdwn(object.text) : plain(object.text);
}

export function plain(text) {
  return withEmoji(text).split("\n").flatMap((line, number) => (number ? [h("br"), line] : [line]));
}

/** A markdown block: headings, lists, tables, quotes, code, links, emphasis. */
export function markdown(text) {
  const box = h("div", { class: "markdown" });
  for (const [number, part] of text.split(/```\w*\n?([\s\S]*?)\n?```/g).entries()) {
    if (number % 2) box.append(h("pre", {}, part));
    else for (const piece of part.split(TABLE)) (TABLE.test(piece) ? box.append(markdownTable(piece)) : piece.split("\n").forEach((line) => markdownLine(box, line)));
  }
  return box;
}

// a line of cells, a line of dashes, lines of cells
const TABLE = /(^\|.*\|[ \t]*\n\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?:\n\|.*\|[ \t]*)*)/m;

function markdownTable(text) {
  const [head, dashes, ...rows] = text.trim().split("\n").map((line) => line.trim().slice(1, -1).split("|").map((cell) => cell.trim()));
  const align = (index) => (/^:?-+:$/.test(dashes[index] ?? "") ? (dashes[index].startsWith(":") ? "align-center" : "align-right") : "align-left");
  const cells = (row, tag) => head.map((_, n) => h(tag, { class: align(n), scope: tag === "th" ? "col" : undefined }, markdownInline(row[n] ?? "")));
  return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, h("tr", {}, cells(head, "th"))), h("tbody", {}, rows.map((row) => h("tr", {}, cells(row, "td"))))));
}

function markdownLine(box, line) {
  const heading = /^(#{1,6}) +(.*)/.exec(line);
  const item = /^(\s*)([-*+]|\d+\.) +(.*)/.exec(line);
  const quote = /^> ?(.*)/.exec(line);
  if (heading) box.append(h("div", { class: "heading", role: "heading", "aria-level": String(heading[1].length + 2) }, markdownInline(heading[2])));
  else if (item) {
    const tag = /\d/.test(item[2]) ? "ol" : "ul";
    const list = box.lastElementChild?.localName === tag ? box.lastElementChild : box.appendChild(h(tag));
    const [, done, rest] = /^\[([ xX])\] +(.*)/.exec(item[3]) ?? [];
    list.append(h("li", {}, done ? [done === " " ? "☐ " : "☑ ", markdownInline(rest)] : markdownInline(item[3])));
  } else if (quote) box.append(h("blockquote", {}, markdownInline(quote[1])));
  else if (/^\s*(---|\*\*\*)\s*$/.test(line)) box.append(h("hr"));
  else if (line.trim()) box.append(h("p", {}, markdownInline(line)));
}

const MARKDOWN = /(`[^`]+`)|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|(?<!\w)[*_](?=\S)(.+?)[*_](?!\w)|~~(.+?)~~|(<[^<>]+>)/g;

function markdownInline(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(MARKDOWN)) {
    const [whole, code, label, url, bold, italic, strike, angle] = found;
    nodes.push(withEmoji(text.slice(at, found.index)));
    if (code) nodes.push(h("code", {}, code.slice(1, -1)));
    else if (label) nodes.push(link(url, label));
    else if (bold) nodes.push(h("strong", {}, markdownInline(bold)));
    else if (italic) nodes.push(h("em", {}, markdownInline(italic)));
    else if (strike) nodes.push(h("s", {}, strike));
    else nodes.push(entity(angle.slice(1, -1)));
    at = found.index + whole.length;
  }
  nodes.push(withEmoji(text.slice(at)));
  return nodes;
}

export const isMe = (id) => id === me().id;
