// Elements made safely: text from outside only ever becomes text nodes and checked attributes.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(node.dataset, value);
    else if (typeof value === "function" || name === "value" || name === "checked") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A link that leads only where a link may lead; anything else is its words. */
export function link(url, ...words) {
  const safe = /^(https?:|mailto:|tel:)/i.test(url);
  return safe ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...words) : h("span", {}, ...words);
}

/** Put new children in, keeping the focus (by data-key), what is selected there, and the scroll. */
export function replace(parent, ...children) {
  const next = children.flat(Infinity).filter(Boolean);
  if (next.length === parent.childNodes.length && next.every((node, at) => node === parent.childNodes[at])) return;
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const { selectionStart, selectionEnd } = key ? document.activeElement : {};
  const top = parent.scrollTop;
  const staying = new Set(next);
  for (const node of [...parent.childNodes]) if (!staying.has(node)) node.remove();
  next.forEach((node, at) => parent.childNodes[at] === node || parent.insertBefore(node, parent.childNodes[at] ?? null));
  parent.scrollTop = top;
  const again = key && parent.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again) {
    again.focus({ preventScroll: true });
    if (selectionStart !== undefined && selectionStart !== null && again.setSelectionRange) {
      again.setSelectionRange(selectionStart, selectionEnd);
    }
  }
}

/** A chosen file's bytes, as the control API takes them. */
export async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

export function toast(words, kind = "note") {
  const note = h("div", { class: `toast ${kind}` }, words);
  document.getElementById("toasts").append(note);
  setTimeout(() => note.remove(), 6000);
}

/** A menu beside the button that opens it, or what a search found; arrows, Escape and a click elsewhere work as expected. */
export function menu(anchor, items, label) {
  document.querySelector(".menu")?.remove();
  const [whole, row] = anchor.getAttribute("role") === "combobox" ? ["listbox", "option"] : ["menu", "menuitem"];
  const list = h("div", { id: "menu", class: "menu", role: whole, "aria-label": label });
  const close = (back) => {
    list.remove();
    anchor.setAttribute("aria-expanded", "false");
    anchor.removeAttribute("aria-controls");
    document.removeEventListener("pointerdown", outside, true);
    if (back) anchor.focus();
  };
  const outside = (event) => list.contains(event.target) || close(false);
  for (const item of items) {
    const choose = () => (close(true), item.run());
    list.append(h("button", { type: "button", role: row, class: item.class ?? "", onclick: choose }, item.icon, h("span", {}, item.words), item.more && h("small", {}, item.more)));
  }
  list.addEventListener("keydown", (event) => {
    const rows = [...list.children];
    const at = rows.indexOf(document.activeElement);
    if (event.key === "ArrowDown") rows[(at + 1) % rows.length].focus();
    else if (event.key === "ArrowUp") rows[(at + rows.length - 1) % rows.length].focus();
    else if (event.key === "Escape") close(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // inside an open dialog, else the menu would be behind it
  (anchor.closest("dialog") ?? document.body).append(list);
  const box = anchor.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, innerWidth - list.offsetWidth - 8));
  const below = box.bottom + 4 + list.offsetHeight < innerHeight;
  list.style.setProperty("left", `${left}px`);
  list.style.setProperty("top", `${below ? box.bottom + 4 : Math.max(8, box.top - list.offsetHeight - 4)}px`);
  anchor.setAttribute("aria-expanded", "true");
  anchor.setAttribute("aria-controls", list.id);
  document.addEventListener("pointerdown", outside, true);
  list.firstElementChild?.focus();
}
