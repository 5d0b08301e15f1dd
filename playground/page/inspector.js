// What went over the wire, both ways, each with its verdict.

import { h, replace } from "./dom.js";
import { state } from "./state.js";

const NEWEST = 40;
let open = false;
let seen = -1;
let fetching = false;
const list = h("ol", { class: "wire" });
const opened = new Set();
let rows = [h("li", {}, "Nothing yet.")];
let known = new Map(); // what was drawn, by what it was drawn from: a row stays the same node
let pressed = false;

// what is pressed stays where it is until it is let go, or its click would be nobody's
list.addEventListener("pointerdown", () => (pressed = true));
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => pressed && setTimeout(() => {
  pressed = false;
  replace(list, rows);
}));

const call = (one) => ({
  name: `${one.at} ${one.method}`,
  title: one.method,
  way: "\u2192 Slack",
  good: one.ok && one.status === 200,
  verdict: one.status === 0 ? `${one.ok ? "done" : "not done"}, answer lost` : one.ok ? "ok" : one.error || String(one.status),
  parts: [["Asked", one.args], ["Answered", one.answer]],
});

const answer = (one) => ({
  name: `${one.payload.event_id ?? one.payload.trigger_id ?? ""} ${one.kind} ${one.seconds}`,
  title: one.payload.event?.type ?? one.payload.command ?? one.payload.type ?? one.kind,
  way: "\u2192 app",
  good: one.status >= 200 && one.status < 300,
  verdict: one.status ? String(one.status) : one.error,
  parts: [["Sent", one.payload], ["Answered", one.body]],
});

function entry(one) {
  const shown = "method" in one ? call(one) : answer(one);
  const node = h("details", { open: opened.has(shown.name) },
    h("summary", {}, h("code", {}, shown.title), h("small", {}, ` ${shown.way}, ${Math.round(one.seconds * 1000)} ms `), h("b", { class: shown.good ? "good" : "bad" }, shown.verdict)),
    shown.parts.map(([words, value]) => [h("h3", {}, words), h("pre", { tabindex: "0" }, typeof value === "string" ? value || "nothing" : JSON.stringify(value, null, 2))]));
  node.addEventListener("toggle", () => (node.open ? opened.add(shown.name) : opened.delete(shown.name)));
  return h("li", {}, node);
}

/** Fetch what is new, while somebody looks; what comes meanwhile is fetched afterwards. */
export async function inspect() {
  if (!open || !state.desk || fetching || seen === state.wire) return;
  fetching = true;
  seen = state.wire;
  try {
    const found = await (await fetch(`/control/traffic?last=${NEWEST}`)).json();
    const now = new Map();
    for (const one of found.result) {
      let source = JSON.stringify(one);
      while (now.has(source)) source += " again";
      now.set(source, known.get(source) ?? entry(one));
    }
    known = now;
    rows = now.size ? [...now.values()] : [h("li", {}, "Nothing yet.")];
    if (!pressed) replace(list, rows);
  } catch {
    document.body.classList.add("gone");
    return;
  } finally {
    fetching = false;
  }
  inspect();
}

export function inspector() {
  const node = h("details", { open }, h("summary", {}, `The newest ${NEWEST} calls and payloads`), list);
  node.addEventListener("toggle", () => {
    open = node.open;
    seen = -1;
    inspect();
  });
  return h("section", { "aria-labelledby": "tool-wire" }, h("h2", { id: "tool-wire" }, "On the wire"), node);
}
