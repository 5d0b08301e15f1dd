// What can be pressed, chosen and filled. A place is {where, values, errors, view}: `where` goes to the playground.

import { base64, h, menu, toast } from "./dom.js";
import { icon } from "./icons.js";
import { plain, words } from "./mrkdwn.js";
import { act, state } from "./state.js";
import { fromLocal, toLocal } from "./time.js";

const id = (block, part) => `${block.block_id}/${part.action_id}`;
const pending = new Set();
const drafts = new Map(); // field -> what was typed there: it stays when the app draws its form anew

/** Wait until everything typed has reached the playground. */
export async function flushed() {
  for (const draft of drafts.values()) draft.tell();
  while (pending.size) await Promise.all(pending);
}

/** What was typed into modals that are closed is nobody's any more. */
export function forget() {
  for (const [name, draft] of drafts) if (draft.view) {
    clearTimeout(draft.timer);
    drafts.delete(name);
  }
}

function send(action, body) {
  const work = act(action, body).finally(() => pending.delete(work));
  pending.add(work);
  return work;
}

// --- pressing

export function confirmed(confirm) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const done = (yes) => (dialog.close(), dialog.remove(), resolve(yes));
    const dialog = h("dialog", { class: "modal confirm", "aria-labelledby": "confirm-title", oncancel: () => done(false) },
      h("header", {}, h("h2", { id: "confirm-title" }, plain(confirm.title.text))),
      h("div", { class: "modal-body" }, words(confirm.text)),
      h("footer", {},
        h("button", { type: "button", onclick: () => done(false) }, plain(confirm.deny.text)),
        h("button", { type: "button", class: confirm.style === "danger" ? "danger" : "primary", onclick: () => done(true) }, plain(confirm.confirm.text))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** `copy` is the button as this window shows it: pressed on an old message, it may be there no longer. */
async function press(target, place, what, confirm, copy) {
  if (!(await confirmed(confirm))) return;
  await flushed();
  target.classList.add("busy");
  const answer = await act("click", { where: place.where, what }, { quiet: Boolean(copy) });
  if (!answer.ok && copy) await act("click_old", copy);
  target.classList.remove("busy");
}

export function button(part, block, place) {
  if (part.visible_to_user_ids && !part.visible_to_user_ids.includes(state.screen.me)) return null;
  const label = part.accessibility_label;
  // a feedback button is found by its words, as both have one action_id
  const what = part.name ? part.text.text : id(block, part);
  const node = h("button", { type: "button", class: part.style ?? "", "aria-label": label, data: { key: `${place.where} ${what}` } },
    plain(part.text?.text ?? part.icon ?? "?"), part.url && icon("out"));
  node.addEventListener("click", () => {
    if (part.url && /^https?:/i.test(part.url)) window.open(part.url, "_blank", "noopener");
    press(node, place, what, part.confirm, place.channel && copyOf(part, block, place));
  });
  return node;
}

const copyOf = (part, block, place) =>
  ({ channel: place.channel, ts: place.where, action_id: part.action_id, value: part.value ?? "", block_id: block.block_id });

export function overflow(part, block, place) {
  const node = h("button", { type: "button", class: "overflow", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More", data: { key: `${place.where} ${id(block, part)}` } }, icon("more"));
  const items = part.options.map((option) => ({
    words: plain(option.text.text),
    more: option.description?.text,
    run: () => press(node, place, `${id(block, part)}/${option.value}`, part.confirm),
  }));
  node.addEventListener("click", () => menu(node, items, "More"));
  return node;
}

// --- filling and choosing

/** A field with its label, hint and error; in a section or actions block only the field. */
export function field(part, block, place) {
  const value = place.values[block.block_id]?.[part.action_id] ?? {};
  const key = `${place.where} ${id(block, part)}`;
  const inside = control(part, block, place, value, key);
  if (block.type !== "input") return inside;
  const error = place.errors?.[block.block_id];
  const name = `f${key.replace(/\W/g, "-")}`;
  const target = inside.matches?.("input, textarea, select") ? inside : inside.querySelector?.("input, textarea, select");
  target?.setAttribute("id", name);
  if (error) {
    target?.setAttribute("aria-invalid", "true");
    target?.setAttribute("aria-describedby", `${name}-error`);
  }
  if (!block.optional) target?.setAttribute("aria-required", "true");
  return h("div", { class: error ? "field wrong" : "field" },
    h("label", { for: name }, plain(block.label.text), block.optional && h("span", { class: "optional" }, " (optional)")),
    inside,
    error && h("div", { class: "error", id: `${name}-error`, role: "alert" }, error),
    block.hint && h("div", { class: "hint" }, plain(block.hint.text)));
}

function control(part, block, place, value, key) {
  const [kind, many] = part.type.startsWith("multi_") ? [part.type.slice(6), true] : [part.type, false];
  const at = { part, block, place, value, key, many };
  if (kind === "plain_text_input" || kind === "rich_text_input") return written(at, part.multiline || kind === "rich_text_input");
  if (LINES[kind]) return written(at, false, LINES[kind]);
  if (kind === "checkboxes" || kind === "radio_buttons") return ticks(at);
  if (kind === "external_select") return external(at);
  if (kind === "static_select") return select(at, statics(part));
  if (kind === "users_select") return select(at, people());
  if (kind === "channels_select" || kind === "conversations_select") return select(at, places());
  if (kind === "file_input") return files(at);
  if (PICKERS[kind]) return picker(at, PICKERS[kind]);
  return h("div", { class: "unknown" }, h("code", {}, part.type), " is not to be filled here");
}

const LINES = { number_input: "number", email_text_input: "email", url_text_input: "url" };

function written({ part, block, place, value, key }, lines, type = "text") {
  const start = value.value ?? value.rich_text_value?.elements?.[0]?.elements?.map((one) => one.text).join("") ?? "";
  const common = { placeholder: part.placeholder?.text, maxlength: part.max_length, autofocus: part.focus_on_load, data: { key } };
  const node = lines ? h("textarea", { rows: "4", ...common }) : h("input", { type, step: "any", ...common });
  const name = `${state.screen.me} ${place.view} ${key}`;
  const draft = drafts.get(name) ?? { text: start, told: start, view: place.view };
  node.value = draft.text;
  draft.tell = () => {
    clearTimeout(draft.timer);
    if (!place.view) drafts.delete(name);
    if (draft.text === draft.told) return;
    draft.told = draft.text;
    send("fill", { where: place.where, field: id(block, part), value: draft.text });
  };
  // an app that listens to every letter hears each; the others hear when one pauses
  const eager = part.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  node.addEventListener("input", () => {
    draft.text = node.value;
    drafts.set(name, draft);
    clearTimeout(draft.timer);
    if (!block.dispatch_action) draft.timer = setTimeout(draft.tell, 300);
    else if (eager) draft.timer = setTimeout(draft.tell, 60);
  });
  node.addEventListener("change", draft.tell);
  return node;
}

const choose = (at, options, typed) => send("choose", { where: at.place.where, field: id(at.block, at.part), options, ...(typed ? { typed } : {}) });

function ticks(at) {
  const { part, value, key } = at;
  const radio = part.type === "radio_buttons";
  const chosen = new Set([value.selected_option, ...(value.selected_options ?? [])].filter(Boolean).map((one) => one.value));
  const box = h("div", { class: "ticks", role: radio ? "radiogroup" : "group", "aria-label": at.block.label?.text ?? "Choices" });
  part.options.forEach((option, number) => {
    const input = h("input", { type: radio ? "radio" : "checkbox", name: key, checked: chosen.has(option.value), data: { key: `${key} ${number}` } });
    input.addEventListener("change", () => {
      if (radio) chosen.clear();
      if (input.checked) chosen.add(option.value);
      else chosen.delete(option.value);
      choose(at, [...chosen]);
    });
    box.append(h("label", {}, input, h("span", {}, words(option.text), option.description && h("small", {}, words(option.description)))));
  });
  return box;
}

const statics = (part) => (part.option_groups ?? [{ options: part.options }]).map((one) => ({ label: one.label?.text, options: one.options.map((option) => [option.value, option.text.text]) }));
const people = () => [{ options: state.screen.people.filter((one) => !one.flags.includes("deactivated")).map((one) => [one.id, one.name]) }];
const places = () => [{ options: state.screen.channels.filter((one) => one.kind !== "im").map((one) => [one.id, `#${one.name}`]) }];

function chosenIn(value) {
  const one = value.selected_option?.value ?? value.selected_user ?? value.selected_channel ?? value.selected_conversation;
  const several = value.selected_options?.map((option) => option.value) ?? value.selected_users ?? value.selected_channels ?? value.selected_conversations;
  return several ?? (one ? [one] : []);
}

function select(at, groups) {
  const { part, key, many } = at;
  const chosen = chosenIn(at.value);
  const node = h("select", { "aria-label": at.block.label?.text ?? part.placeholder?.text ?? "Choose", data: { key } },
    h("option", { value: "" }, part.placeholder?.text ?? (many ? "Add…" : "Choose an option")),
    groups.map((group) => {
      const options = group.options.map(([value, text]) => h("option", { value }, plainText(text)));
      return group.label ? h("optgroup", { label: group.label }, options) : options;
    }));
  if (!many) {
    node.value = chosen[0] ?? "";
    node.addEventListener("change", async () => {
      if (await confirmed(part.confirm)) choose(at, node.value ? [node.value] : []);
      else node.value = chosen[0] ?? "";
    });
    return node;
  }
  const names = new Map(groups.flatMap((group) => group.options));
  node.addEventListener("change", () => add(at, chosen, node.value, (value) => names.get(value), box));
  const box = h("div", { class: "several" }, chips(at, chosen, (value) => names.get(value)), node);
  return box;
}

const plainText = (text) => plain(text).filter((one) => typeof one === "string").join(" ");

function add(at, chosen, value, name, box) {
  if (!value || chosen.includes(value)) return;
  chosen.push(value);
  choose(at, chosen);
  box.querySelector(".chips").replaceWith(chips(at, chosen, name));
  box.querySelector("select, input").value = "";
}

function chips(at, chosen, name) {
  const box = h("div", { class: "chips" });
  for (const value of chosen) {
    const drop = () => {
      chosen.splice(chosen.indexOf(value), 1);
      choose(at, chosen);
      chip.remove();
    };
    const chip = h("span", { class: "chip" }, name(value) ?? value, h("button", { type: "button", "aria-label": `Remove ${name(value) ?? value}`, onclick: drop }, "×"));
    box.append(chip);
  }
  return box;
}

function external(at) {
  const { part, key, value, many } = at;
  const least = part.min_query_length ?? 3;
  const input = h("input", { type: "text", role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", autocomplete: "off", placeholder: part.placeholder?.text ?? `Type ${least} letters to search`, data: { key } });
  if (!many) input.value = value.selected_option?.text.text ?? "";
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.length >= least) timer = setTimeout(search, 200);
  });
  const search = async () => {
    const typed = input.value;
    const answer = await act("suggestions", { where: at.place.where, field: id(at.block, part), typed });
    if (!answer.ok || input.value !== typed) return;
    if (!answer.result.length) return toast("No results");
    menu(input, answer.result.map((option) => ({
      words: plain(option.text.text),
      more: option.description?.text,
      run: () => {
        input.value = option.text.text;
        choose(at, [...(many ? chosenIn(value) : []), option.value], typed);
      },
    })), "Results");
  };
  return many ? h("div", { class: "several" }, chips(at, chosenIn(value), (one) => value.selected_options.find((option) => option.value === one)?.text.text), input) : input;
}

/** Files are kept by the playground as they are chosen; a file that Slack's client would not take is said so. */
function files(at) {
  const { part, value, key } = at;
  const list = h("ul", { class: "chosen-files" }, (value.files ?? []).map((file) => h("li", {}, icon("file"), file.name)));
  const most = part.max_files ?? 10;
  const input = h("input", { type: "file", multiple: most > 1, accept: part.filetypes?.map((one) => `.${one}`).join(","), data: { key } });
  input.addEventListener("change", async () => {
    for (const file of input.files) {
      const answer = await send("attaches", { where: at.place.where, field: id(at.block, part), name: file.name, content_base64: await base64(file) });
      if (answer.ok) list.append(h("li", {}, icon("file"), file.name));
    }
    input.value = "";
  });
  return h("div", { class: "several" }, list, input);
}

const PICKERS = {
  datepicker: { type: "date", read: (value) => value.selected_date ?? "", write: (text) => text },
  timepicker: { type: "time", read: (value) => value.selected_time ?? "", write: (text) => text },
  datetimepicker: {
    type: "datetime-local",
    read: (value) => (value.selected_date_time ? toLocal(value.selected_date_time) : ""),
    write: (text) => String(fromLocal(text)),
  },
};

function picker(at, { type, read, write }) {
  const node = h("input", { type, "aria-label": at.block.label?.text ?? at.part.placeholder?.text ?? type, data: { key: at.key } });
  node.value = read(at.value);
  node.addEventListener("change", () => choose(at, node.value ? [write(node.value)] : []));
  return node;
}
