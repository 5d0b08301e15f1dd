// Small line icons, drawn here, so that the page looks the same on a machine without an emoji font.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  lock: "M6 9V7a4 4 0 0 1 8 0v2M5 9h10v8H5z",
  hash: "M8 3 6 17M14 3l-2 14M4 7.5h13M3 12.5h13",
  home: "M3 9.5 10 3l7 6.5M5 8v9h10V8M8.5 17v-5h3v5",
  mail: "M3 5h14v10H3zM3 5.5l7 5.5 7-5.5",
  eye: "M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  clip: "m15.5 9.5-6 6a3.5 3.5 0 0 1-5-5l7-7a2.3 2.3 0 0 1 3.3 3.3l-7 7a1.1 1.1 0 0 1-1.6-1.6l6-6",
  bolt: "M11 2 4 11.5h5L8 18l8-10h-5z",
  send: "M3 10 17 3.5 13.5 17 9.5 11.5zM9.5 11.5 17 3.5",
  chat: "M3 4h14v10H9l-4 3.5V14H3z",
  dots: "M10 4.5v.01M10 10v.01M10 15.5v.01",
  more: "M4.5 10v.01M10 10v.01M15.5 10v.01",
  clock: "M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 5.5V10l3 2",
  menu: "M3 5.5h14M3 10h14M3 14.5h14",
  close: "m5 5 10 10M15 5 5 15",
  back: "m12.5 4-6 6 6 6",
  file: "M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5",
  people: "M7.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM2.5 16c0-3 2-4.5 5-4.5s5 1.5 5 4.5M13 5a2.3 2.3 0 0 1 0 4.5M14.5 12c2 .4 3 1.8 3 4",
  mark: "M5.5 3h9v14L10 13.5 5.5 17z",
  picture: "M3 4h14v12H3zM3 13l4-4 4 4 2.5-2.5L17 14M13 7.5v.01",
  out: "M8 4H4v12h12v-4M11 3.5h5.5V9M16 4l-7 7",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 20 20", class: `icon icon-${name}`, "aria-hidden": "true" })) svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
