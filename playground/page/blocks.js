// Blocks as nodes. `place` says where they stand: how a press or a choice there is told to the playground.

import { h, link } from "./dom.js";
import { button, field, overflow } from "./fields.js";
import { icon } from "./icons.js";
import { markdown, plain, words } from "./mrkdwn.js";
import { chart, rich, table } from "./rich.js";

const PRESSED = new Set(["button", "workflow_button"]);

export function element(part, block, place) {
  if (PRESSED.has(part.type)) return button(part, block, place);
  if (part.type === "overflow") return overflow(part, block, place);
  if (part.type === "image") return picture(part, "small");
  if (part.type === "feedback_buttons") {
    return ["positive_button", "negative_button"].map((name) => button({ ...part, text: part[name].text, name }, block, place));
  }
  if (part.type === "icon_button") return button(part, block, place);
  return field(part, block, place);
}

/** Only pictures of the playground itself are loaded; of others the words are shown. */
function picture(part, size = "") {
  const url = part.slack_file?.url ?? (part.slack_file?.id ? `/files/${part.slack_file.id}/image.png` : part.image_url ?? "");
  const here = url.startsWith("/") || url.startsWith(`${location.origin}/`);
  if (here) return h("img", { src: url, alt: part.alt_text, class: size, loading: "lazy" });
  return h("span", { class: `elsewhere ${size}`, role: "img", "aria-label": part.alt_text, title: url }, icon("picture"), size ? "" : ` ${part.alt_text}`);
}

function card(block, place) {
  return h("div", { class: "card" },
    block.hero_image && picture(block.hero_image),
    h("div", { class: "card-text" },
      block.title && h("strong", {}, words(block.title)),
      block.subtitle && h("small", {}, words(block.subtitle)),
      block.body && h("div", {}, words(block.body)),
      block.subtext && h("small", {}, words(block.subtext))),
    block.actions && h("div", { class: "actions" }, block.actions.map((one) => element(one, block, place))));
}

function task(block) {
  const signs = { pending: "○", in_progress: "◐", complete: "✓", error: "✕" };
  const details = [block.details, block.output].filter(Boolean).map(rich);
  return h("div", { class: "task" }, h("b", { title: block.status }, signs[block.status] ?? "○", ` ${block.title}`), details);
}

const KINDS = {
  section: (block, place) => h("div", { class: "section" },
    h("div", { class: "section-text" },
      block.text && h("div", {}, words(block.text)),
      block.fields && h("div", { class: "fields" }, block.fields.map((one) => h("div", {}, words(one))))),
    block.accessory && h("div", { class: "accessory" }, element(block.accessory, block, place))),
  header: (block) => h("h3", { class: "block-header" }, plain(block.text.text)),
  context: (block) => h("div", { class: "context" }, block.elements.map((one) => (one.type === "image" ? picture(one, "tiny") : h("span", {}, words(one))))),
  divider: () => h("hr"),
  actions: (block, place) => h("div", { class: "actions" }, block.elements.map((one) => element(one, block, place))),
  context_actions: (block, place) => h("div", { class: "actions quiet" }, block.elements.map((one) => element(one, block, place))),
  image: (block) => h("figure", {}, block.title && h("figcaption", {}, plain(block.title.text)), picture(block)),
  input: (block, place) => field(block.element, block, place),
  rich_text: rich,
  markdown: (block) => markdown(block.text),
  table,
  data_table: table,
  data_visualization: chart,
  alert: (block) => h("div", { class: `alert ${block.level ?? "default"}`, role: "note" }, words(block.text)),
  card,
  carousel: (block, place) => h("div", { class: "carousel", tabindex: "0", role: "region", "aria-label": "Cards" }, block.elements.map((one) => card(one, place))),
  container: (block, place) => h("details", { class: "container", open: !block.default_collapsed },
    h("summary", {}, block.title ? plain(block.title.text) : rich(block.rich_text_title), block.subtitle && h("small", {}, words(block.subtitle))),
    blocks(block.child_blocks, place)),
  plan: (block) => h("div", { class: "plan" }, h("strong", {}, block.title), (block.tasks ?? []).map(task)),
  task_card: task,
  video: (block) => h("div", { class: "card" }, h("strong", {}, plain(block.title.text)), link(block.title_url ?? block.video_url, `▶ ${block.alt_text}`)),
};

const TEXTS = ["text", "title", "alt_text", "label", "elements", "fields", "rows", "body"];

function allText(part) {
  if (typeof part === "string") return [part];
  if (Array.isArray(part)) return part.flatMap(allText);
  if (part && typeof part === "object") return TEXTS.flatMap((name) => (part[name] === undefined ? [] : allText(part[name])));
  return [];
}

const unknown = (block) => h("div", { class: "unknown" }, h("code", {}, block.type ?? "?"), " ", allText(block).join(" · "));

export function blocks(list, place) {
  return list.map((block) => {
    try {
      const draw = KINDS[block.type] ?? unknown;
      return h("div", { class: "block", data: { kind: block.type } }, draw(block, place));
    } catch {
      return unknown(block);
    }
  });
}
