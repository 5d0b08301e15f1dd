// The page: draws what state.js has, each part only when what it shows has changed.

import { replace, h } from "./dom.js";
import { icon } from "./icons.js";
import { inspect } from "./inspector.js";
import { composer, messageList, threadRoot } from "./messages.js";
import { drawModal, home } from "./modal.js";
import { header, sidebar } from "./sidebar.js";
import { act, channel, dm, follow, go, look, redraw, state, whenChanged, whenWireChanged } from "./state.js";
import { refresh } from "./time.js";
import { clockWords, tools } from "./tools.js";
import { drawnFrom } from "./workspace.js";

const PRESSED = "button, summary, a, label, input";
const LONGEST_PRESS = 5000; // ms, should the page never hear of its end
const TAP = 50; // ms between the end of a touch and its click
let held = 0; // a timer while something is pressed
let late = false; // whether something is to be drawn since

const parts = Object.fromEntries(["sidebar", "main", "thread", "desk"].map((id) => [id, document.getElementById(id)]));
const drawn = {};

function once(name, source, draw) {
  const key = JSON.stringify(source);
  if (drawn[name] === key) return false;
  drawn[name] = key;
  draw();
  return true;
}

function draw() {
  const { screen } = state;
  late = !!screen && held !== 0;
  if (!screen || late) return;
  document.title = `${screen.team}: Slack for the desk`;
  if (!channel(state.place) && state.place !== "home") {
    state.place = screen.channels.find((one) => one.inside && one.kind !== "im")?.id ?? dm().id;
    look();
  }
  if (state.thread && !threadRoot()) state.thread = null;
  document.body.classList.toggle("drawer", state.drawer);
  document.body.classList.toggle("threaded", !!state.thread);
  document.body.classList.toggle("desked", state.desk);
  drawMain();
  drawThread();
  replace(parts.sidebar, sidebar());
  drawDesk();
  drawModal();
  inspect();
  refresh();
}

function atEnd(list) {
  return !list || list.scrollHeight - list.scrollTop - list.clientHeight < 80;
}

function drawMain() {
  const place = channel(state.place);
  const opened = drawn.place !== `${state.place} ${screen().me}`;
  drawn.place = `${state.place} ${screen().me}`;
  if (opened && !place) act("opens_home", {});
  const old = parts.main.querySelector(".scroll");
  const keep = !opened && !atEnd(old) ? old.scrollTop : null;
  if (!parts.main.firstChild) parts.main.append(h("div", { class: "head" }), h("div", { class: "scroll", tabindex: "0" }), h("div", { class: "foot" }));
  const [head, scroll, foot] = parts.main.children;
  replace(head, header(clockWords()));
  replace(scroll, place ? messageList(place, null) : home());
  once("composer", [state.place, screen().me, place?.inside, place?.archived, screen().commands.length], () => replace(foot, place && composer(place, null)));
  scroll.scrollTop = keep ?? (place ? scroll.scrollHeight : opened ? 0 : scroll.scrollTop);
}

function drawThread() {
  const place = channel(state.place);
  parts.thread.hidden = !state.thread;
  if (!state.thread) {
    drawn.thread = null;
    return;
  }
  const opened = once("thread", [state.place, state.thread, screen().me], () => {
    parts.thread.replaceChildren(
      h("header", { class: "top" }, h("div", { class: "title" }, h("h1", {}, "Thread"), h("small", {}, place.kind === "im" ? screen().bot.name : `#${place.name}`)), h("button", { type: "button", "aria-label": "Close the thread", onclick: () => go({ thread: null }) }, icon("close"))),
      h("div", { class: "scroll", tabindex: "0" }),
      composer(place, state.thread));
  });
  const scroll = parts.thread.children[1];
  const stay = !opened && !atEnd(scroll);
  replace(scroll, messageList(place, state.thread));
  if (!stay) scroll.scrollTop = scroll.scrollHeight;
}

function drawDesk() {
  parts.desk.hidden = !state.desk;
  const { clock, trouble, senders, me } = screen();
  // what is typed into the tools is not drawn over by the time passing
  const busy = parts.desk.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  const minute = (now) => (busy ? drawn.minute : (drawn.minute = Math.floor(now / 60)));
  if (state.desk) once("desk", [clock.offset, clock.bound_for, trouble, senders, me, drawnFrom(), minute(clock.now)], () => {
    const open = new Set([...parts.desk.querySelectorAll("details[open] > summary")].map((one) => one.textContent));
    replace(parts.desk, tools());
    for (const one of parts.desk.querySelectorAll("details > summary")) one.parentElement.open = open.has(one.textContent);
  });
  else drawn.desk = null;
}

const screen = () => state.screen;

// what is pressed is not drawn anew before it is let go: its click would be nobody's
function hold(longest) {
  clearTimeout(held);
  held = setTimeout(() => {
    held = 0;
    if (late) draw();
  }, longest);
}
addEventListener("pointerdown", (event) => event.button === 0 && event.target.closest?.(PRESSED) && hold(LONGEST_PRESS), true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, (event) => held && hold(event.pointerType === "mouse" ? 0 : TAP), true);

// a picture that comes late must not push away what one is looking at
for (const part of [parts.main, parts.thread]) part.addEventListener("load", (event) => {
  const list = event.target.closest?.(".scroll");
  if (list && list.scrollHeight - list.scrollTop - list.clientHeight < event.target.offsetHeight + 120) list.scrollTop = list.scrollHeight;
}, true);

document.addEventListener("click", (event) => {
  const place = event.target.closest?.("[data-place]");
  if (!place || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  go({ place: place.dataset.place, thread: null });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], .menu")) return;
  if (state.drawer) go({ drawer: false });
  else if (state.thread) go({ thread: null });
  else if (state.desk) go({ desk: false });
});

whenChanged(draw);
whenWireChanged(inspect);
follow();
look();
// the playground's time goes on by itself
setInterval(() => {
  if (!state.screen || document.hidden) return;
  state.screen.clock.now += 10;
  redraw();
}, 10000);
