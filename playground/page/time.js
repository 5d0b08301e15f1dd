// Moments as the person of this window reads them: in their time zone, by the playground's clock.

import { me, state } from "./state.js";

const formats = new Map(); // made once each: making one takes far longer than using it

function shown(ts, options) {
  const zone = me().tz;
  if (!formats.has(zone)) formats.set(zone, new Map());
  const known = formats.get(zone);
  if (!known.has(options)) known.set(options, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return known.get(options).format(new Date(ts * 1000));
}

const HOUR = { hour: "numeric", minute: "2-digit" };
const SECOND = { ...HOUR, second: "2-digit" };
const DAY = { year: "numeric", month: "2-digit", day: "2-digit" };
const NAME = { weekday: "long", day: "numeric", month: "long" };

export const now = () => state.screen.clock.now;
export const time = (ts) => shown(ts, HOUR);
export const day = (ts) => shown(ts, DAY);

export function dayName(ts) {
  return relative(ts) ?? shown(ts, NAME);
}

function relative(ts) {
  const names = { [day(now())]: "Today", [day(now() - 86400)]: "Yesterday", [day(now() + 86400)]: "Tomorrow" };
  return names[day(ts)];
}

function ago(ts) {
  const seconds = Math.round(now() - ts);
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]].find(([least]) => Math.abs(seconds) >= least) ?? [1, "second"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.round(seconds / size), unit);
}

const LONG = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const MIDDLE = { day: "numeric", month: "long", year: "numeric" };
const SHORT = { day: "numeric", month: "short", year: "numeric" };

const FORMATS = {
  date_num: (ts) => day(ts).split("/").reverse().join("-"),
  date: (ts) => shown(ts, MIDDLE),
  date_short: (ts) => shown(ts, SHORT),
  date_long: (ts) => shown(ts, LONG),
  date_pretty: (ts) => relative(ts) ?? shown(ts, MIDDLE),
  date_short_pretty: (ts) => relative(ts) ?? shown(ts, SHORT),
  date_long_pretty: (ts) => relative(ts) ?? shown(ts, LONG),
  time,
  time_secs: (ts) => shown(ts, SECOND),
  day_divider_pretty: dayName,
  ago,
};

/** Slack's <!date^...> and rich text dates: "{date_short_pretty} at {time}". */
export function formatted(ts, format) {
  return format.replace(/\{(\w+)\}/g, (whole, name) => (FORMATS[name] ? FORMATS[name](ts) : whole));
}

/** Write every date on the page anew: "5 minutes ago" and "Today" do not stay true. */
export function refresh() {
  for (const one of document.querySelectorAll("time[data-format]")) {
    const words = formatted(Number(one.dataset.ts), one.dataset.format);
    if (one.textContent !== words) one.textContent = words;
  }
}

const parts = (ts, tz) => {
  const found = new Intl.DateTimeFormat("en-GB", { timeZone: tz, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" }).formatToParts(new Date(ts * 1000));
  return Object.fromEntries(found.map((part) => [part.type, part.value]));
};

/** Seconds -> "2026-11-22T09:30" in a zone, and back. */
export function toLocal(ts, tz = me().tz) {
  const at = parts(ts, tz);
  return `${at.year}-${at.month}-${at.day}T${at.hour}:${at.minute}`;
}

export function fromLocal(text, tz = me().tz) {
  const wanted = Date.parse(`${text}:00Z`) / 1000;
  const once = wanted - (Date.parse(`${toLocal(wanted, tz)}:00Z`) / 1000 - wanted);
  return once - (Date.parse(`${toLocal(once, tz)}:00Z`) / 1000 - wanted);
}
