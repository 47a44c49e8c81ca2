// The keyboard's focus: put where the kernel asks for it, and not lost with a button that goes. And
// what a field says of itself to a screen reader, and a half-filled date to the kernel.
const FIELDS = "input, select, textarea, [contenteditable=true]";
const ALL = "input, select, textarea, button, a[href], summary";
// Where the focus is only because a button went. Each page that is open has a kernel and a copy
// of this module of its own, and all of them hear every click: they share it.
const KEPT = Symbol.for("ii-kept");
const isShown = (part) => part.isConnected && part.getClientRects().length > 0;

// As soon as it is drawn, which takes a slow computer seconds; whoever is in another field by then
// is typing and stays there, and whoever did something else meanwhile is left alone. A key that does
// nothing by itself is none: Control silences a screen reader.
let acts = 0;
const SILENT = ["Alt", "Control", "Meta", "Shift"];
const act = (event) => (acts += !SILENT.includes(event.key));
function put(name, left = 200, since = acts) {
  if (acts !== since) return;
  const part = document.querySelector("." + name);
  const target = part?.querySelector(FIELDS) ?? part;
  if (!target || !isShown(target)) {
    if (left) setTimeout(put, 50, name, left - 1, since);
    return;
  }
  const at = document.activeElement;
  if (at !== document[KEPT] && at?.matches(FIELDS)) return;
  target.focus();
  part.scrollIntoView({ block: "nearest" }); // with its label, which the browser leaves out
}

// When the button that was pressed is taken away, the focus goes to what stands nearest; not from
// a note, a dialog or another form into which somebody went meanwhile.
function keep(event) {
  const pressed = event.target.closest?.(".ii-button");
  if (!pressed) return;
  let panel = pressed;
  for (let up; (up = panel.parentElement.closest(".ii-panel")); ) panel = up;
  const parts = [...panel.querySelectorAll(ALL)].filter(isShown);
  const at = parts.indexOf(pressed);
  const near = parts.map((part, n) => [Math.abs(n - at + 0.1), part]).sort((a, b) => a[0] - b[0]);
  const look = (left) => {
    const now = document.activeElement;
    if (now && now !== pressed && !now.contains(panel)) return;
    const all = [...near.map(([, part]) => part), ...panel.querySelectorAll(ALL)];
    const kept = !isShown(pressed) && all.find(isShown);
    if (kept) (document[KEPT] = kept).focus();
    else if (left) setTimeout(look, 50, left - 1);
  };
  look(100);
}

const typed = () => (document[KEPT] = null);

// Whoever comes back to a field hears that it is wrong, why, and what it wants; the note below it
// says so to those who see it.
function describe() {
  for (const field of document.querySelectorAll(".ii-field")) {
    const at = field.querySelector(FIELDS);
    if (!at?.id) continue;
    const note = field.matches(".ii-cell > *") && field.nextElementSibling;
    const said = note && note.querySelector(".widget-html-content");
    if (said) said.id = at.id + "-note";
    const now = {
      "aria-required": field.matches(".ii-must") && "true",
      "aria-invalid": said && said.querySelector(".ii-fault") && "true",
      "aria-describedby": said && said.textContent.trim() && said.id,
    };
    for (const [name, value] of Object.entries(now)) {
      if (!value) at.removeAttribute(name);
      else if (at.getAttribute(name) !== value) at.setAttribute(name, value);
    }
  }
}

// A date without its time has no value, for a script or the kernel, which would take it for blank:
// it is told. ipywidgets empties such a field when it is left, so that it does not hear of that.
const half = new WeakSet();
function leave(event, model) {
  const at = event.target, field = at.closest?.(".ii-date");
  if (!field) return;
  const isHalf = at.validity.badInput;
  if (isHalf !== half.has(at)) {
    half[isHalf ? "add" : "delete"](at);
    model.send([[...field.classList].find((name) => name.startsWith("ii-at-")), isHalf]);
  }
  if (isHalf) event.stopPropagation();
}

export default {
  initialize({ model }) {
    document.addEventListener("click", keep);
    document.addEventListener("keydown", typed);
    document.addEventListener("keydown", act);
    document.addEventListener("pointerdown", act);
    model.on("msg:custom", (name) => put(name));
    let due = 0;
    const soon = () => (due ||= setTimeout(() => ((due = 0), describe()), 100));
    const watcher = new MutationObserver(soon);
    watcher.observe(document.body, { childList: true, subtree: true });
    soon();
    const left = (event) => leave(event, model);
    document.addEventListener("focusout", left, true);
    return () => {
      watcher.disconnect();
      clearTimeout(due);
      document.removeEventListener("focusout", left, true);
      document.removeEventListener("click", keep);
      document.removeEventListener("keydown", typed);
      document.removeEventListener("keydown", act);
      document.removeEventListener("pointerdown", act);
    };
  },
};
