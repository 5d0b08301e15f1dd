// The conversation, its threads, and the composer under each.

import { blocks } from "./blocks.js";
import { base64, h, menu, replace, toast } from "./dom.js";
import { emoji } from "./emoji.js";
import { icon } from "./icons.js";
import { mrkdwn } from "./mrkdwn.js";
import { act, channel, go, markRead, me, person, state } from "./state.js";
import { day, dayName, formatted, time } from "./time.js";

const drawn = new Map(); // ts -> [what it was drawn from, its node]: an unchanged message keeps its node

export function avatar(one, size = "") {
  const app = one.flags.includes("app");
  const hue = [...one.handle].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 8;
  return h("span", { class: `avatar hue-${hue} ${size} ${app ? "app" : ""}`, "aria-hidden": "true" }, one.name.slice(0, 1).toUpperCase());
}

let answers = new Map(); // root -> its replies, of the place that is being drawn

/** Everything the person sees of a place, oldest first: messages and whispers. */
function rows(place, thread) {
  const whispers = state.screen.whispers.filter((one) => one.channel === place.id);
  return [...place.messages, ...whispers].filter((one) => {
    const root = one.thread_ts && one.thread_ts !== one.ts ? one.thread_ts : null;
    return thread ? one.ts === thread || root === thread : !root || one.broadcast;
  }).sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

export function messageList(place, thread) {
  let last = null;
  const list = rows(place, thread);
  answers = Map.groupBy(place.messages.filter((one) => one.thread_ts && one.thread_ts !== one.ts), (one) => one.thread_ts);
  const nodes = list.map((one) => {
    const fresh = !last || day(last.ts) !== day(one.ts);
    const follows = !fresh && last.user === one.user && one.ts - last.ts < 300 && ![one, last].some((it) => it.to || it.blocks);
    last = one;
    return [fresh && divider(one, thread), message(one, place, thread, follows)];
  });
  if (!thread && list.length) markRead(place.id, list.at(-1).ts);
  const box = kept(`list ${place.id} ${thread} ${state.screen.me}`, "", () => h("div", { class: "messages", role: "log", "aria-label": thread ? "Replies" : "Messages" }));
  const nothing = place.kind === "im" ? "This is the very beginning of your messages with the app." : "Nobody has said anything here yet.";
  if (!thread && place.more) nodes.unshift(older);
  replace(box, nodes.length ? nodes : h("p", { class: "empty" }, nothing));
  return box;
}

const older = h("button", { type: "button", class: "older", onclick: () => go({ shown: state.shown * 3 }) }, "Show older messages");

/** Give the node drawn before under this name, or draw it when what it is drawn from has changed. */
function kept(name, source, draw) {
  const known = drawn.get(name);
  if (known?.[0] === source) return known[1];
  const node = draw();
  drawn.set(name, [source, node]);
  return node;
}

const divider = (one, thread) => kept(`day ${one.ts} ${!!thread}`, dayName(one.ts), () => h("div", { class: "day", role: "separator" }, h("span", {}, dayName(one.ts))));

function message(one, place, thread, follows) {
  const replies = thread ? [] : answers.get(one.ts) ?? [];
  const source = JSON.stringify([one, state.screen.me, follows, !!thread, replies.length, replies.at(-1)?.ts, day(one.ts) === day(state.screen.clock.now)]);
  const name = `${thread ? "t" : "m"} ${one.ts} ${one.to ?? ""}`;
  return kept(name, source, () => draw(one, place, thread, follows, replies));
}

function draw(one, place, thread, follows, replies) {
  const author = person(one.user);
  const where = { where: one.ts, channel: one.channel, values: one.values ?? {} };
  const head = h("div", { class: "author" }, h("b", {}, author.name), author.flags.map((flag) => h("span", { class: "flag" }, flag)),
    h("a", { class: "time", href: `?as=${state.as}&in=${place.id}`, title: formatted(one.ts, "{date_long} at {time_secs}") }, time(one.ts)));
  return h("article", { class: `message ${follows ? "follows" : ""} ${one.to ? "whisper" : ""}`, data: { ts: one.ts }, "aria-label": `${author.name}, ${time(one.ts)}` },
    follows ? h("span", { class: "gutter time" }, time(one.ts)) : avatar(author),
    h("div", { class: "content" },
      one.to && h("div", { class: "only-you" }, icon("eye"), " Only visible to you"),
      !follows && head,
      one.blocks ? h("div", { class: "blocks" }, blocks(one.blocks, where)) : h("div", { class: "text" }, mrkdwn(one.text)),
      (one.attachments ?? []).map((part) => h("div", { class: "attachment" }, part.blocks ? blocks(part.blocks, where) : mrkdwn(part.text ?? part.fallback ?? ""))),
      (one.files ?? []).map((file) => [h("a", { class: "file", href: new URL(file.url_private).pathname, target: "_blank" }, file.filetype?.match(/png|jpe?g|gif/) ? h("img", { src: new URL(file.url_private).pathname, alt: file.alt_txt || file.title }) : icon("file"), h("span", {}, file.title), h("small", {}, `${file.size} bytes`)), glimpse(file)]),
      one.pinned_to && h("span", { class: "edited" }, icon("mark"), " Pinned "),
      one.edited && h("span", { class: "edited" }, "(edited)"),
      one.reactions && h("div", { class: "reactions" }, one.reactions.map((mark) => reaction(one, mark))),
      replies.length > 0 && h("button", { type: "button", class: "replies", onclick: () => go({ thread: one.ts }) },
        [...new Set(replies.map((reply) => reply.user))].slice(0, 3).map((user) => avatar(person(user), "tiny")),
        h("b", {}, `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`), h("span", {}, ` Last at ${time(replies.at(-1).ts)}`))),
    !one.to && toolbar(one, place, thread));
}

/** The first lines of a text; they come a moment after the message. */
function glimpse(file) {
  if (!/^(csv|txt|text|md|json|ya?ml|log)$/.test(file.filetype) || !file.size || file.size > LONGEST_GLIMPSE) return null;
  const box = h("pre", { class: "glimpse", tabindex: "0", "aria-label": `The beginning of ${file.title}` });
  fetch(new URL(file.url_private).pathname).then((answer) => answer.text()).then((text) => {
    const lines = text.split(/\r?\n/, GLIMPSE + 1);
    box.textContent = lines.slice(0, GLIMPSE).join("\n") + (lines.length > GLIMPSE && lines[GLIMPSE] ? "\n…" : "");
  }, () => box.remove());
  return box;
}

const GLIMPSE = 5; // lines
const LONGEST_GLIMPSE = 1_000_000; // bytes

function reaction(one, mark) {
  const mine = mark.users.includes(state.screen.me);
  const react = () => act(mine ? "unreacts" : "reacts", { message: { channel: one.channel, ts: one.ts }, name: mark.name });
  return h("button", { type: "button", class: mine ? "reaction mine" : "reaction", onclick: react, "aria-pressed": String(mine), "aria-label": `${mark.name}, ${mark.count}`, title: mark.users.map((user) => person(user).name).join(", ") }, emoji(mark.name) ?? `:${mark.name}:`, ` ${mark.count}`);
}

function toolbar(one, place, thread) {
  const about = { channel: one.channel, ts: one.ts };
  const react = (name) => h("button", { type: "button", "aria-label": `React with ${name}`, onclick: () => act("reacts", { message: about, name }) }, emoji(name) ?? `:${name}:`);
  const more = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": "More of this message" }, icon("dots"));
  const shortcuts = state.screen.shortcuts.filter((shortcut) => shortcut.type === "message").map((shortcut) => ({
    words: shortcut.name,
    run: () => act("shortcut", { name: shortcut.callback_id, message: about }),
  }));
  const own = one.user === state.screen.me || me().flags.includes("admin");
  const edit = () => editor(more.closest("article"), one, about);
  const items = [...shortcuts,
    { words: "Copy ts", more: one.ts, run: () => navigator.clipboard?.writeText(one.ts) },
    one.user === state.screen.me && { words: "Edit message", run: edit },
    own && { words: "Delete message", class: "danger-item", run: () => act("deletes", { message: about }) }].filter(Boolean);
  more.addEventListener("click", () => menu(more, items, "More of this message"));
  return h("div", { class: "toolbar", role: "group", "aria-label": "Message actions" },
    react("white_check_mark"), react("eyes"),
    !thread && h("button", { type: "button", "aria-label": "Reply in thread", onclick: () => go({ thread: one.thread_ts ?? one.ts }) }, icon("chat")),
    more);
}

/** Put a field in the place of one's own words; what is saved is drawn by the next look. */
function editor(article, one, about) {
  const text = article.querySelector(".text");
  const area = h("textarea", { rows: "2", "aria-label": "Edit message" });
  area.value = one.text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
  const close = () => form.replaceWith(text);
  const save = async (event) => {
    event.preventDefault();
    const answer = await act("edits", { message: about, text: area.value });
    if (answer.ok) close();
  };
  const form = h("form", { class: "actions edit", onsubmit: save }, area, h("button", { type: "submit", class: "primary" }, "Save"), h("button", { type: "button", onclick: close }, "Cancel"));
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  });
  text?.replaceWith(form);
  area.focus();
}

// --- the composer

const drafts = new Map();

export function composer(place, thread) {
  const name = `${place.id} ${thread ?? ""} ${state.screen.me}`;
  if (place.archived) return h("div", { class: "composer closed" }, `#${place.name} is archived.`);
  if (!place.inside) return h("div", { class: "composer closed" }, `You are looking at #${place.name}. `, h("button", { type: "button", onclick: () => act("joins", { channel: place.id }) }, "Join channel"));
  const title = place.kind === "im" ? state.screen.bot.name : `#${place.name}`;
  const area = h("textarea", { rows: "1", id: thread ? "reply" : "composer", "aria-label": thread ? "Reply" : `Message ${title}`, placeholder: thread ? "Reply…" : `Message ${title}`, data: { key: `composer ${name}` } });
  area.value = drafts.get(name) ?? "";
  const hints = h("div", { class: "hints", role: "listbox", "aria-label": "Commands" });
  const send = () => say(area, place, thread, name);
  area.addEventListener("input", () => {
    drafts.set(name, area.value);
    grow(area);
    showHints(hints, area);
  });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  const file = h("input", { type: "file", class: "away", "aria-label": "Attach a file", tabindex: "-1", onchange: () => drop(file, place, thread) });
  return h("div", { class: "composer" }, hints, area,
    h("div", { class: "composer-bar" }, file,
      h("button", { type: "button", "aria-label": "Attach a file", onclick: () => file.click() }, icon("clip")),
      !thread && h("button", { type: "button", "aria-label": "Shortcuts", "aria-haspopup": "menu", "aria-expanded": "false", onclick: (event) => shortcuts(event.currentTarget, area) }, icon("bolt")),
      whoami(),
      h("button", { type: "button", class: "send", "aria-label": "Send", onclick: send }, icon("send"))));
}

/** Who this window is; pressed, it becomes somebody else. */
export function whoami() {
  const node = h("button", { type: "button", class: "whoami", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `You are ${me().name}. Be somebody else` }, avatar(me(), "tiny"), h("b", {}, me().name));
  const others = state.screen.people.filter((one) => !one.flags.includes("deactivated"));
  node.addEventListener("click", () => menu(node, others.map((one) => ({ words: one.name, icon: avatar(one, "tiny"), run: () => go({ as: one.handle, thread: null }) })), "Be somebody"));
  return node;
}

function grow(area) {
  area.setAttribute("rows", String(Math.min(8, area.value.split("\n").length)));
}

function showHints(hints, area) {
  const typed = area.value;
  const found = /^\/\S*$/.test(typed) ? state.screen.commands.filter((one) => one.command.startsWith(typed)) : [];
  hints.replaceChildren(...found.map((one) => h("button", { type: "button", role: "option", onclick: () => {
    area.value = `${one.command} `;
    hints.replaceChildren();
    area.focus();
  } }, h("b", {}, one.command), ` ${one.usage_hint ?? ""} `, h("small", {}, one.description ?? ""))));
}

function shortcuts(anchor, area) {
  const items = state.screen.shortcuts.filter((one) => one.type === "global").map((one) => ({ words: one.name, more: one.description, run: () => act("shortcut", { name: one.callback_id }) }));
  const commands = state.screen.commands.map((one) => ({ words: one.command, more: one.description, run: () => {
    area.value = `${one.command} `;
    area.focus();
  } }));
  if (items.length + commands.length) menu(anchor, [...items, ...commands], "Shortcuts");
  else toast("The app has no shortcuts; start the playground with --manifest to see them.");
}

async function say(area, place, thread, name) {
  const text = area.value.trim();
  if (!text) return;
  area.value = "";
  drafts.delete(name);
  grow(area);
  const list = document.querySelector(thread ? "#thread .scroll" : "#main .scroll");
  if (list) list.scrollTop = list.scrollHeight; // who speaks wants to see what comes of it
  const isCommand = /^\/\w/.test(text) && !thread;
  const answer = isCommand ? await act("command", { channel: place.id, line: text }) : await act("says", { channel: place.id, text, ...(thread ? { thread } : {}) });
  if (!answer.ok && !area.value) area.value = text;
}

async function drop(input, place, thread) {
  const [file] = input.files;
  if (!file) return;
  await act("drops", { channel: place.id, name: file.name, content_base64: await base64(file), ...(thread ? { thread } : {}) });
}

export const threadRoot = () => state.thread && channel(state.place)?.messages.some((one) => one.ts === state.thread);
