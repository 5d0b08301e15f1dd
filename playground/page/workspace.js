// The workspace itself, as its admin changes it: people's status, zone and account; channels and who is in them.

import { h, toast } from "./dom.js";
import { act, go, look, person, state } from "./state.js";
import { fromLocal, toLocal } from "./time.js";

const FLAGS = [["admin", "Admin"], ["guest", "Guest"], ["deactivated", "Deactivated"]];
const picked = { person: null, channel: null };

/** Do something as the admin; the page follows by itself. */
const admin = (action, body) => act(action, body, { person: false });

async function saved(event, work, words) {
  event.preventDefault();
  const answer = await work();
  await look(); // said once it is to be seen, so that who fills in the next form has it drawn already
  if (answer.ok) toast(words);
}

const labelled = (words, node) => h("label", { class: "line" }, h("span", {}, words), node);
const tick = (words, checked) => {
  const box = h("input", { type: "checkbox", checked });
  return [box, h("label", { class: "tick" }, box, words)];
};

function input(value, more = {}) {
  const node = h("input", { type: "text", ...more });
  node.value = value ?? "";
  return node;
}

function chooser(label, kind, rows, chosen, words) {
  const node = h("select", { "aria-label": label, data: { key: `choose ${kind}` } }, rows.map((one) => h("option", { value: one.id }, words(one))));
  node.value = chosen.id;
  node.addEventListener("change", () => {
    picked[kind] = node.value;
    go({});
  });
  return node;
}

function personForm() {
  const { people } = state.screen;
  const one = people.find((each) => each.id === picked.person) ?? person(state.screen.me);
  const status = input(one.status, { maxlength: 100, placeholder: "On holiday" });
  const emoji = input(one.status_emoji, { placeholder: ":palm_tree:", size: 12 });
  const until = input(one.status_until ? toLocal(one.status_until, one.tz) : "", { type: "datetime-local" });
  const tz = input(one.tz, { list: "zones" });
  const flags = FLAGS.map(([name, words]) => [name, ...tick(words, one.flags.includes(name))]);
  const save = (event) => saved(event, () => admin("changes", {
    person: one.handle,
    status: status.value,
    status_emoji: emoji.value,
    status_until: until.value ? Math.round(fromLocal(until.value, one.tz)) : 0,
    tz: tz.value,
    ...Object.fromEntries(flags.map(([name, box]) => [name, box.checked])),
  }), `${one.name} is changed.`);
  return h("details", {}, h("summary", {}, "A person"),
    h("form", { class: "stack wide", onsubmit: save },
      chooser("Person", "person", people, one, (each) => each.name),
      labelled("Status", status), labelled("Emoji", emoji), labelled("Until (their time)", until),
      labelled("Time zone", tz), h("datalist", { id: "zones" }, Intl.supportedValuesOf("timeZone").map((zone) => h("option", { value: zone }))),
      h("div", { class: "tick-row" }, flags.map(([, , label]) => label)),
      h("button", { type: "submit" }, "Save")));
}

function channelForm() {
  const channels = state.screen.channels.filter((one) => one.kind === "channel" || one.kind === "group");
  const one = channels.find((each) => each.id === picked.channel) ?? channels.find((each) => each.id === state.place) ?? channels[0];
  if (!one) return null;
  const name = input(one.name, { required: true });
  const [bot, botLabel] = tick(`${state.screen.bot.name} is in it`, one.bot);
  const [archived, archivedLabel] = tick("Archived", one.archived);
  const [shared, sharedLabel] = tick("Shared with another company", one.shared);
  const work = async () => {
    if (bot.checked !== one.bot) await admin(bot.checked ? "invites_bot" : "removes_bot", { channel: one.id });
    return admin("changes_channel", { channel: one.id, name: name.value === one.name ? "" : name.value, archived: archived.checked, shared: shared.checked });
  };
  const guests = h("select", { "aria-label": `Who comes into #${one.name} or leaves it` }, state.screen.people.map((each) => h("option", { value: each.handle }, each.name)));
  const move = (action) => async () => (await act(action, { person: guests.value, channel: one.id }, { person: false }), look());
  return h("details", {}, h("summary", {}, "A channel"),
    h("form", { class: "stack wide", onsubmit: (event) => saved(event, work, `#${name.value} is changed.`) },
      chooser("Channel", "channel", channels, one, (each) => `#${each.name}`),
      labelled("Name", name), botLabel, archivedLabel, sharedLabel,
      h("button", { type: "submit" }, "Save")),
    h("div", { class: "actions" }, guests, h("button", { type: "button", onclick: move("joins") }, "Comes in"), h("button", { type: "button", onclick: move("leaves") }, "Leaves")));
}

function newForm() {
  const handle = input("", { required: true, placeholder: "kim", pattern: "[a-z0-9._\\-]+" });
  const name = input("", { placeholder: "Kim Lee" });
  const email = input("", { type: "email", placeholder: "kim@acme.test" });
  const place = input("", { required: true, placeholder: "leads-dach", pattern: "[a-z0-9_\\-]+" });
  const [priv, privLabel] = tick("Private", false);
  const [bot, botLabel] = tick(`${state.screen.bot.name} is in it`, true);
  return h("details", {}, h("summary", {}, "Somebody or a channel that is new"),
    h("form", { class: "stack wide", onsubmit: (event) => saved(event, () => admin("arrives", { handle: handle.value, real_name: name.value, email: email.value }), `${name.value || handle.value} is here.`) },
      labelled("Handle", handle), labelled("Name", name), labelled("E-mail", email), h("button", { type: "submit" }, "Let them in")),
    h("form", { class: "stack wide", onsubmit: (event) => saved(event, () => admin("makes_channel", { name: place.value, private: priv.checked, bot: bot.checked, members: [state.as] }), `#${place.value} is made.`) },
      labelled("Channel", place), privLabel, botLabel, h("button", { type: "submit" }, "Make it")));
}

function app() {
  const { installed, bot } = state.screen;
  const turn = async () => (await admin(installed ? "uninstalls" : "installs", {}), look());
  return h("div", { class: "actions" }, h("button", { type: "button", class: installed ? "danger" : "", onclick: turn }, installed ? `Uninstall ${bot.name}` : `Install ${bot.name} again`));
}

export function workspace() {
  return h("section", { "aria-labelledby": "tool-workspace" }, h("h2", { id: "tool-workspace" }, "Workspace"), personForm(), channelForm(), newForm(), app());
}

/** What the forms show: drawn anew only when this has changed. */
export const drawnFrom = () => [picked.person, picked.channel, state.screen.installed, state.screen.people, state.screen.channels.map((one) => [one.id, one.name, one.bot, one.archived, one.shared])];
