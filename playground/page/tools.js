// The desk's own tools: the clock, trouble on demand, and what posts webhooks.

import { h, toast } from "./dom.js";
import { icon } from "./icons.js";
import { act, go, look, me, post, state } from "./state.js";
import { formatted, fromLocal, now, toLocal } from "./time.js";
import { inspector } from "./inspector.js";
import { workspace } from "./workspace.js";

export const clockWords = () => formatted(now(), "{time}");

export function tools() {
  return [
    h("header", { class: "top" }, h("div", { class: "title" }, h("h1", {}, "Desk tools")), h("button", { type: "button", "aria-label": "Close the desk tools", onclick: () => go({ desk: false }) }, icon("close"))),
    h("div", { class: "tools" }, clock(), senders(), workspace(), trouble(), inspector()),
  ];
}

// --- the clock

async function move(body) {
  const answer = await post("/control/clock", body);
  if (answer.ok) look();
}

/** The next time it is `hour` o'clock for this person, on weekday `only` (1 = Monday) if given, after where the clock is bound for. */
function next(hour, only) {
  const from = state.screen.clock.bound_for ?? now();
  for (let days = 0; days < 9; days += 1) {
    const date = toLocal(from + days * 86400).slice(0, 10);
    const moment = fromLocal(`${date}T${String(hour).padStart(2, "0")}:00`);
    const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
    if (moment > from && (only === undefined || weekday === only)) return moment;
  }
  return now();
}

function apart(offset) {
  const minutes = Math.round(Math.abs(offset) / 60);
  const sizes = [[1440, "d"], [60, "h"], [1, "min"]];
  const words = sizes.map(([size, unit], at) => [Math.floor((at ? minutes % sizes[at - 1][0] : minutes) / size), unit]).filter(([count]) => count);
  return `${words.map((word) => word.join(" ")).join(" ") || "seconds"} ${offset > 0 ? "ahead" : "behind"}`;
}

function clock() {
  const { offset, bound_for: boundFor } = state.screen.clock;
  const jump = (words, body) => h("button", { type: "button", data: { key: `jump ${words}` }, onclick: () => move(body()) }, words);
  const to = (moment) => ({ to: new Date(moment * 1000).toISOString().replace("Z", "+00:00"), walk: true });
  return h("section", { "aria-labelledby": "tool-clock" },
    h("h2", { id: "tool-clock" }, "Clock"),
    h("p", { class: "big" }, formatted(now(), "{date_long_pretty}, {time}")),
    h("p", {}, `${me().name}'s time (${me().tz})${offset ? `, ${apart(offset)}` : ""}`),
    boundFor && h("p", { class: "hint", role: "status" }, `On the way to ${formatted(boundFor, "{date_short_pretty}, {time}")}; what falls due happens in its order.`),
    offset === null
      ? h("p", { class: "hint" }, "This clock belongs to the test that started the playground.")
      : h("div", { class: "actions" },
        jump("+5 min", () => ({ seconds: 300, walk: true })),
        jump("+1 hour", () => ({ seconds: 3600, walk: true })),
        jump("Next morning 9:00", () => to(next(9))),
        jump("Monday 9:00", () => to(next(9, 1))),
        jump("Back to now", () => ({ seconds: -offset }))));
}

// --- trouble

const FAULTS = [
  ["429, try again in 30 s", { retry_after: 30 }],
  ["500", { status: 500 }],
  ["internal_error", { error: "internal_error" }],
  ["is slow: 5 s", { slow: 5 }],
  ["done, but the answer is lost", { lose: "answer" }],
  ["lost before it is done", { lose: "request" }],
];
const METHODS = ["*", "chat.postMessage", "chat.update", "chat.postEphemeral", "views.open", "views.update", "views.publish", "conversations.history", "users.info", "users.list"];

function trouble() {
  const { faults, history_lag: lag } = state.screen.trouble;
  const method = h("select", { "aria-label": "Method" }, METHODS.map((one) => h("option", { value: one }, one === "*" ? "any method" : one)));
  const fault = h("select", { "aria-label": "What happens" }, FAULTS.map(([words], number) => h("option", { value: String(number) }, words)));
  const times = h("input", { type: "number", min: "1", max: "999", "aria-label": "How many calls" });
  times.value = "1";
  const add = async (event) => {
    event.preventDefault();
    await post("/control/trouble", { method: method.value, times: Number(times.value) || 1, ...FAULTS[Number(fault.value)][1] });
    look();
  };
  const words = (one) => `${one.method === "*" ? "any method" : one.method}: ${one.retry_after ? `429 for ${one.retry_after} s` : one.status ?? one.error ?? (one.slow ? `${one.slow} s slow` : `${one.lose} lost`)}, ${one.times} more`;
  const calm = async () => (await post("/control/trouble", undefined, "DELETE"), look());
  return h("section", { "aria-labelledby": "tool-trouble" },
    h("h2", { id: "tool-trouble" }, "Trouble"),
    h("form", { class: "stack", onsubmit: add }, h("label", {}, "The next ", times, " calls of"), method, fault, h("button", { type: "submit", class: "danger" }, "Make trouble")),
    (faults.length > 0 || lag > 0) && h("ul", { class: "faults" }, faults.map((one) => h("li", {}, words(one))), lag > 0 && h("li", {}, `history lags by ${lag} s`)),
    (faults.length > 0 || lag > 0) && h("button", { type: "button", onclick: calm }, "All is well again"));
}

// --- senders

const edited = new Map(); // template -> what was typed over it

function senders() {
  const rows = state.screen.senders;
  if (!rows.length) return null;
  return h("section", { "aria-labelledby": "tool-senders" },
    h("h2", { id: "tool-senders" }, "Senders"),
    rows.map((one) => h("div", { class: "sender" },
      h("h3", {}, one.name), h("p", { class: "hint" }, one.ready ? one.url : "its secret is not in the environment"),
      Object.entries(one.templates).map(([name, body]) => template(one, name, body)))));
}

function template(sender, name, body) {
  const key = `${sender.name} ${name}`;
  const area = h("textarea", { rows: "8", spellcheck: "false", "aria-label": `Body of ${name}`, data: { key: `template ${key}` }, oninput: () => edited.set(key, area.value) });
  area.value = edited.get(key) ?? JSON.stringify(body, null, 2);
  const count = h("input", { type: "number", min: "1", max: "1000", "aria-label": "How many" });
  count.value = "10";
  const send = async (times) => {
    let parsed;
    try {
      parsed = JSON.parse(area.value);
    } catch {
      toast("That is not JSON.", "bad");
      return;
    }
    const answer = await act("sends", { name: sender.name, body: parsed, times }, { person: false });
    const statuses = [...new Set((answer.result ?? []).map((one) => one.status || "no answer"))].join(", ");
    if (answer.ok) toast(`${name}, ${times} sent: ${statuses}`, /^2\d\d$/.test(statuses) ? "note" : "bad");
  };
  return h("details", {}, h("summary", {}, name), area, h("div", { class: "actions" },
    h("button", { type: "button", disabled: !sender.ready, onclick: () => send(1) }, "Send"),
    h("button", { type: "button", disabled: !sender.ready, onclick: () => send(Math.max(1, Number(count.value))) }, "Send ×"), count));
}
