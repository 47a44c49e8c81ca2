// The keyboard's focus: put where the kernel asks for it, and not lost with a button that goes.
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
  if (at === document[KEPT] || !at?.matches(FIELDS)) target.focus();
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

export default {
  initialize({ model }) {
    document.addEventListener("click", keep);
    document.addEventListener("keydown", typed);
    document.addEventListener("keydown", act);
    document.addEventListener("pointerdown", act);
    model.on("msg:custom", (name) => put(name));
    return () => {
      document.removeEventListener("click", keep);
      document.removeEventListener("keydown", typed);
      document.removeEventListener("keydown", act);
      document.removeEventListener("pointerdown", act);
    };
  },
};
