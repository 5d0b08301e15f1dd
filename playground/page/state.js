// What this window shows and who it is; asks the playground for the rest.

import { toast } from "./dom.js";

const query = new URLSearchParams(location.search);

export const state = {
  as: query.get("as") ?? "",
  place: query.get("in") ?? "",
  thread: query.get("thread"),
  shown: 200,
  screen: null,
  wire: 0, // what has gone over it so far, as a number that grows
  desk: query.has("desk"),
  drawer: false,
};

const listeners = [];
export const whenChanged = (listener) => listeners.push(listener);
export const redraw = () => listeners.forEach((listener) => listener());

let wireListener = () => {};
export const whenWireChanged = (listener) => (wireListener = listener);

/** Go somewhere: to another place, thread or person; the address follows. */
export function go(where) {
  const moved = ("place" in where && where.place !== state.place) || ("thread" in where && where.thread !== state.thread) || "shown" in where;
  if ("place" in where && where.place !== state.place) state.shown = 200;
  Object.assign(state, where);
  const address = new URLSearchParams();
  if (state.as) address.set("as", state.as);
  if (state.place) address.set("in", state.place);
  if (state.thread) address.set("thread", state.thread);
  if (state.desk) address.set("desk", "1");
  history.replaceState(null, "", `?${address}`);
  if (!("as" in where)) redraw();
  if ("as" in where || moved) look();
}

let looking = null;
let next = null;

/** Fetch the screen and draw it; calls that come while one is under way are one more look afterwards. */
export function look() {
  if (!looking) return (looking = fetched().finally(() => (looking = null)));
  next ??= looking.then(() => {
    next = null;
    return look();
  });
  return next;
}

async function fetched() {
  try {
    const answer = await (await fetch(`/control/screen?${new URLSearchParams({ as: state.as, in: state.place, thread: state.thread ?? "", shown: state.shown })}`)).json();
    if (answer.ok) {
      state.screen = answer;
      state.as = person(answer.me).handle;
      redraw();
    } else toast(answer.error, "bad");
  } catch {
    document.body.classList.add("gone");
  }
}

export function follow() {
  const stream = new EventSource("/control/stream");
  stream.onmessage = () => {
    document.body.classList.remove("gone");
    look();
  };
  stream.addEventListener("wire", (event) => {
    state.wire = Number(event.data);
    wireListener();
  });
  stream.onerror = () => document.body.classList.add("gone");
}

/** Do something as the person of this window; says so when the app did not answer well. */
export async function act(action, body, { person: named = true, quiet = false } = {}) {
  const answer = await post(`/control/do/${action}`, named ? { person: state.as, ...body } : body, "POST", quiet);
  const result = answer.result;
  const told = result?.answers ?? (Array.isArray(result) ? result : [result]);
  for (const one of told) {
    if (one && typeof one === "object" && "status" in one && "kind" in one && !(one.status >= 200 && one.status < 300)) {
      toast(one.error === "nobody_listens" ? "No app is connected to this playground." : `The app did not take it: ${one.status || one.error}`, "bad");
    }
  }
  return answer;
}

export async function post(path, body, method = "POST", quiet = false) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (body !== undefined) options.body = JSON.stringify(body);
  let answer;
  try {
    answer = await (await fetch(path, options)).json();
  } catch {
    answer = { ok: false, error: "The playground is gone." };
  }
  if (!answer.ok && answer.error !== "invalid" && !quiet) toast(answer.error, "bad");
  return answer;
}

const NOBODY = { id: "", handle: "?", name: "Somebody", flags: [], status: "", tz: "UTC" };

export function person(id) {
  const { people, bot } = state.screen;
  if (id === bot.id) return { ...NOBODY, id, handle: bot.handle, name: bot.name, flags: ["app"] };
  if (id === "USLACKBOT") return { ...NOBODY, id, handle: "slackbot", name: "Slackbot", flags: ["app"] };
  return people.find((one) => one.id === id) ?? { ...NOBODY, id, name: id };
}

export const me = () => person(state.screen.me);
export const channel = (id) => state.screen.channels.find((one) => one.id === id);
/** What a place is called: a channel by its name, a group DM by who is in it. */
export const nameOf = (place) => (place.kind === "mpim" ? place.name.replace(/^mpdm-|-\d+$/g, "").split("--").join(", ") : place.name);
export const dm = () => state.screen.channels.find((one) => one.kind === "im");

// --- what was read, kept by the browser for each person

const key = (place) => `read ${state.screen.team} ${state.screen.me} ${place}`;
export const markRead = (place, ts) => localStorage.setItem(key(place), ts);

/** How many messages are new to this person; what is said in threads does not count, as it is not seen in the channel. */
export function unread(place) {
  const since = localStorage.getItem(key(place.id)) ?? "0";
  const inThread = (one) => one.thread_ts && one.thread_ts !== one.ts && !one.broadcast;
  return place.messages.filter((one) => one.ts > since && one.user !== state.screen.me && !inThread(one)).length;
}
