// The modal on top, and the confirm box of a view; the home tab.

import { blocks } from "./blocks.js";
import { h, replace } from "./dom.js";
import { flushed, forget } from "./fields.js";
import { icon } from "./icons.js";
import { plain } from "./mrkdwn.js";
import { act, state } from "./state.js";

let dialog = null;
let drawnFrom = "";

/** Show, redraw or take away the modal. What is typed is not drawn again, so the caret stays. */
export function drawModal() {
  const view = state.screen.modals.at(-1);
  if (!view) {
    if (dialog) forget();
    dialog?.close();
    dialog?.remove();
    dialog = null;
    drawnFrom = "";
    return;
  }
  const source = JSON.stringify([view.id, view.hash, view.errors, view.trouble, state.screen.me, state.screen.modals.length]);
  if (source === drawnFrom) return;
  drawnFrom = source;
  if (!dialog) {
    dialog = h("dialog", { class: "modal", "aria-labelledby": "modal-title", oncancel: (event) => (event.preventDefault(), act("close_modal", {})) });
    document.body.append(dialog);
    dialog.showModal();
  }
  replace(dialog, inside(view));
  (dialog.querySelector("[aria-invalid]") ?? (dialog.contains(document.activeElement) && document.activeElement !== dialog ? null : dialog.querySelector("[autofocus], .modal-body input, .modal-body textarea, .modal-body select")))?.focus();
}

function inside(view) {
  const place = { where: "modal", view: view.id, values: view.values, errors: view.errors };
  const body = h("div", { class: "modal-body" }, view.trouble && h("div", { class: "alert error", role: "alert" }, view.trouble), blocks(view.blocks, place));
  const submit = h("button", { type: "submit", class: "primary" }, plain(view.submit?.text ?? ""));
  const send = async (event) => {
    event.preventDefault();
    await flushed();
    submit.classList.add("busy");
    submit.disabled = true;
    await act("submit", {});
    submit.disabled = false;
    submit.classList.remove("busy");
  };
  const many = state.screen.modals.length > 1;
  const close = (everything) => act("close_modal", { everything });
  return h("form", { method: "dialog", novalidate: true, onsubmit: send },
    h("header", {},
      many && h("button", { type: "button", class: "plain", "aria-label": "Back", onclick: () => close(false) }, icon("back")),
      h("h2", { id: "modal-title" }, plain(view.title.text)),
      h("button", { type: "button", class: "plain", "aria-label": "Close", onclick: () => close(true) }, icon("close"))),
    body,
    h("footer", {},
      h("button", { type: "button", onclick: () => close(false) }, plain(view.close?.text ?? (many ? "Back" : view.submit ? "Cancel" : "Close"))),
      view.submit && submit));
}

let homeFrom = "";
let homeNode = null;

export function home() {
  const view = state.screen.home;
  const source = JSON.stringify([view?.hash, state.screen.me]);
  if (source !== homeFrom || !homeNode) {
    homeFrom = source;
    homeNode = view
      ? h("div", { class: "home blocks" }, blocks(view.blocks, { where: "home", values: view.values }))
      : h("p", { class: "empty" }, "The app has not published a home tab for you yet.");
  }
  return homeNode;
}
