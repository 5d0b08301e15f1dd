// Places and people: where to go, what is unread, and who this window is.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { avatar, whoami } from "./messages.js";
import { channel, dm, go, nameOf, state, unread } from "./state.js";

export function sidebar() {
  const { screen } = state;
  const together = screen.channels.filter((one) => one.kind === "mpim");
  const named = screen.channels.filter((one) => one.kind === "channel" || one.kind === "group").sort((a, b) => a.name.localeCompare(b.name));
  return [
    h("header", { class: "team" }, h("span", { class: "mark", "aria-hidden": "true" }, screen.team.slice(0, 1)), h("div", {}, h("b", {}, screen.team), h("small", {}, "a Slack for the desk")),
      h("button", { type: "button", class: "only-small", "aria-label": "Close the menu", onclick: () => go({ drawer: false }) }, icon("close"))),
    h("div", { class: "places" },
      h("h2", { id: "nav-channels" }, "Channels"),
      h("ul", { "aria-labelledby": "nav-channels" }, named.map(entry)),
      h("h2", { id: "nav-app" }, "App"),
      h("ul", { "aria-labelledby": "nav-app" }, [homeEntry(), dmEntry(), together.map(entry)])),
    h("section", { class: "be", "aria-labelledby": "nav-people" },
      h("h2", { id: "nav-people" }, "You are"),
      h("ul", { class: "people" }, screen.people.map(somebody)),
      h("div", { class: "link" }, connection())),
  ];
}

function line({ id, sign, name, count, muted, extra }) {
  const here = state.place === id;
  return h("li", {}, h("button", {
    type: "button",
    class: `place ${count ? "unread" : ""} ${muted ? "muted" : ""}`,
    "aria-current": here ? "page" : undefined,
    data: { key: `place ${id}` },
    onclick: () => go({ place: id, thread: null, drawer: false }),
  }, h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", { class: "name" }, name), extra && h("small", {}, extra), count > 0 && h("span", { class: "badge", "aria-label": `${count} unread` }, String(count))));
}

const SIGNS = { group: "lock", channel: "hash", mpim: "people" };

function entry(one) {
  const sign = icon(SIGNS[one.kind]);
  const extra = one.archived ? "archived" : one.shared ? "shared" : "";
  return line({ id: one.id, sign, name: nameOf(one), count: one.inside ? unread(one) : 0, muted: !one.inside || one.archived, extra });
}

const homeEntry = () => line({ id: "home", sign: icon("home"), name: "Home", count: 0 });
const dmEntry = () => line({ id: dm().id, sign: icon("mail"), name: state.screen.bot.name, count: unread(dm()) });

function somebody(one) {
  const mine = one.id === state.screen.me;
  const gone = one.flags.includes("deactivated");
  const more = [...one.flags, one.status].filter(Boolean).join(" · ");
  return h("li", {}, h("button", { type: "button", class: "person", "aria-pressed": String(mine), disabled: gone, title: more || one.handle, data: { key: `be ${one.handle}` }, onclick: () => go({ as: one.handle, thread: null }) },
    avatar(one, "tiny"), h("span", { class: "name" }, one.name), more && h("small", {}, more)));
}

function connection() {
  const { url, direct, sockets } = state.screen.link;
  const words = url ? `sends to ${new URL(url).host}` : direct ? "the app is in this process" : sockets ? `${sockets} socket${sockets > 1 ? "s" : ""} connected` : "no app is connected";
  return [h("span", { class: url || direct || sockets ? "dot on" : "dot" }), words];
}

/** The line over a conversation. */
export function header(desk) {
  const place = channel(state.place);
  const title = !place ? `${state.screen.bot.name}: Home` : place.kind === "im" ? state.screen.bot.name : [icon(SIGNS[place.kind]), nameOf(place)];
  return h("header", { class: "top" },
    h("button", { type: "button", class: "only-small", "aria-label": "Channels and people", onclick: () => go({ drawer: true }) }, icon("menu")),
    h("div", { class: "title" }, h("h1", {}, title),
      place && place.kind !== "im" && h("small", {}, [place.topic, `${place.members} members`, !place.bot && "the app is not in here", place.shared && "shared with another company"].filter(Boolean).join(" · "))),
    place?.bookmarks.length > 0 && h("div", { class: "bookmarks" }, place.bookmarks.map((one) => h("a", { href: /^https?:/.test(one.link) ? one.link : "#", target: "_blank", rel: "noopener noreferrer" }, [icon("mark"), one.title]))),
    h("span", { class: "only-small" }, whoami()),
    h("button", { type: "button", class: "desk-button", "aria-expanded": String(state.desk), "aria-controls": "desk", onclick: () => go({ desk: !state.desk }) }, icon("clock"), h("span", {}, desk), h("span", { class: "on-wide" }, "Desk tools")));
}
