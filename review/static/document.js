// The document view: an answer and its place on the original light up together, and every action has a key.
import { drawSpots, light, spotAt } from "./document-source.js";

const doc = document.getElementById("document");
const answers = document.getElementById("answers");
const list = () => document.getElementById("answer-list");
const current = () => answers.querySelector("[data-spots][aria-current]");
const visible = (element) => element.checkVisibility();
const kept = { onlyOpen: false, original: false, scroll: 0, open: new Set(), next: null };

// -- selecting -------------------------------------------------------------------------------------------------------

function select(element, { focus = false, show = true } = {}) {
  if (!element) return;
  for (const other of answers.querySelectorAll("[data-spots][aria-current]")) if (other !== element) unselect(other);
  element.setAttribute("aria-current", "true");
  if (focus) {
    const target = element.matches("form") ? element.querySelector("input:not([type=hidden])") : element;
    target.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
  }
  light(element, show);
}

function unselect(element) {
  element.removeAttribute("aria-current");
  closeReadings(element);
}

function step(rows, by) {
  const shown = rows.filter(visible);
  const at = shown.findIndex((row) => row.compareDocumentPosition(current() ?? list()) === 0);
  if (at >= 0) return shown[at + by];
  // Nothing of these is selected: the next one after what is.
  const here = current();
  if (!here) return by > 0 ? shown[0] : shown.at(-1);
  const side = by > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING;
  const beyond = shown.filter((row) => here.compareDocumentPosition(row) & side);
  return by > 0 ? beyond[0] : beyond.at(-1);
}

const rows = () => [...answers.querySelectorAll("[data-row]")];
const openRows = () => [...answers.querySelectorAll("[data-row][data-open]")];

// -- letters and their readings --------------------------------------------------------------------------------------

function closeReadings(within = answers) {
  for (const button of within.querySelectorAll(".fix[aria-expanded=true]")) {
    button.setAttribute("aria-expanded", "false");
    document.getElementById(button.dataset.fix).hidden = true;
  }
}

function openReadings(button) {
  const wasOpen = button.getAttribute("aria-expanded") === "true";
  closeReadings();
  if (wasOpen) return;
  const form = document.getElementById(button.dataset.fix);
  button.setAttribute("aria-expanded", "true");
  form.hidden = false;
  button.focus({ preventScroll: true });
  button.scrollIntoView({ block: "nearest" });
  form.scrollIntoView({ block: "nearest" });
}

function nextFix(by) {
  const row = current();
  const all = [...(row?.querySelectorAll(".fix") ?? [])];
  if (!all.length) return;
  const order = [...all.filter((one) => one.matches(".unsure")), ...all.filter((one) => !one.matches(".unsure"))];
  const at = order.findIndex((one) => one.getAttribute("aria-expanded") === "true");
  // After a reading was chosen it goes on from there, though the chosen one no longer counts with the doubtful.
  const doubtful = at >= 0 && order[at].matches(".chosen") && by > 0 ? order.find((one) => one.matches(".unsure") && order[at].compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) : null;
  openReadings(doubtful ?? order[(at + by + order.length) % order.length]);
}

const openForm = () => answers.querySelector(".readings:not([hidden])");

// -- forms -----------------------------------------------------------------------------------------------------------

const changed = (field) =>
  field.matches("select")
    ? [...field.options].some((option) => option.selected !== option.defaultSelected && (option.defaultSelected || field.selectedIndex > 0))
    : field.value !== field.defaultValue;
const unsaved = () => [...answers.querySelectorAll(".change")].find((form) => [...form.querySelectorAll("textarea, select")].some(changed));

function cancel(form) {
  const row = form.closest("[data-row]");
  form.closest(".form-place").replaceChildren();
  if (row) select(row, { focus: true, show: false });
  else list().focus();
}

function placed(form) {
  const narrative = form.querySelector("[data-where-select]")?.value.startsWith("point:");
  const column = form.querySelector("select[name=column]");
  if (column) column.closest(".field").hidden = narrative ?? false;
}

answers.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fix]");
  const element = event.target.closest("[data-spots]");
  if (element && element !== current()) select(element, { focus: !event.target.closest("button, input, select, textarea, a"), show: true });
  if (button) openReadings(button);
  if (event.target.closest("[data-cancel]")) cancel(event.target.closest("form"));
  if (event.target.closest("#toggle-original")) showOriginal(!kept.original);
  const cut = event.target.closest("[data-cut]");
  if (cut) {
    const [from, to] = ["from", "to"].map((side) => cut.closest("form").querySelector(`[data-cut-${side}]`));
    const whole = from.value + (to.value ? "\n" + to.value : "");
    const at = from.selectionStart;
    if (at > 0 && at < from.value.length) [from.value, to.value] = [whole.slice(0, at).trim(), whole.slice(at).trim()];
    from.focus();
  }
});
answers.addEventListener("focusin", (event) => {
  const element = event.target.closest("[data-spots]");
  if (element && element !== current()) select(element);
});
answers.addEventListener("input", (event) => {
  const line = event.target.closest(".line");
  if (line) line.classList.toggle("changed-value", changed(event.target));
});
answers.addEventListener("change", (event) => {
  if (event.target.matches("[data-where-select]")) placed(event.target.form);
  if (event.target.id === "only-open") showOnlyOpen(event.target.checked);
});

function showOriginal(on) {
  kept.original = on;
  answers.classList.toggle("show-original", on);
  document.getElementById("toggle-original")?.setAttribute("aria-pressed", String(on));
}

function showOnlyOpen(on) {
  kept.onlyOpen = on;
  answers.classList.toggle("only-open", on);
  const box = document.getElementById("only-open");
  if (box) box.checked = on;
}

// -- what htmx swaps in ----------------------------------------------------------------------------------------------

document.body.addEventListener("htmx:confirm", (event) => {
  const form = unsaved();
  const asker = event.detail.elt;
  if (!form || form.contains(asker) || asker.closest("#held, #part-history, #conflict, .doc-state, .remember")) return;
  event.preventDefault();
  if (window.confirm("Có phần đang sửa chưa lưu. Bỏ phần đó?")) {
    form.closest(".form-place").replaceChildren();
    event.detail.issueRequest(true);
  }
});

// While an answer is on its way to the server, what is pressed waits for what comes back; a failure ends the waiting line.
let busy = null;
let waiting = [];

function act(action) {
  if (busy === null) action();
  else if (busy.line) waiting.push(action);
}

document.body.addEventListener("htmx:afterRequest", (event) => {
  if (busy?.request !== event.detail.xhr) return;
  busy = null;
  answers.removeAttribute("aria-busy");
  if (!event.detail.successful) waiting = [];
  while (waiting.length && busy === null) waiting.shift()();
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const asker = event.detail.elt;
  const { target, xhr } = event.detail;
  if (target !== answers && !target.matches(".form-place")) return;
  busy = { request: xhr, line: target === answers }; // keys that follow the opening of a form were meant for the form
  answers.setAttribute("aria-busy", "true");
  kept.current = current()?.id;
  kept.next = null;
  kept.fix = asker.closest(".readings form:not(.remember)")?.querySelector("[name=start]").value ?? null;
  if (asker.matches("[data-act=a], [data-act=r]")) {
    const next = step(kept.onlyOpen ? openRows() : rows(), 1);
    kept.next = next?.id ?? null;
  }
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target !== answers) return;
  kept.scroll = list().scrollTop;
  kept.open = new Set([...answers.querySelectorAll("details[open][id]")].map((one) => one.id));
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  if (target === answers) {
    document.getElementById("message").replaceChildren();
    document.getElementById("conflict").close();
    ready();
    list().scrollTop = kept.scroll;
  } else if (target.matches?.(".form-place")) {
    for (const other of answers.querySelectorAll(".form-place")) if (other !== target) other.replaceChildren();
    const form = target.querySelector("form");
    placed(form);
    for (const area of form.querySelectorAll("textarea")) area.rows = Math.min(14, Math.max(area.rows, Math.ceil(area.value.length / 70) + area.value.split("\n").length - 1));
    const words = window.getSelection().toString().trim();
    const empty = form.querySelector("[data-new-text]");
    if (empty && !empty.value && words && kept.selection) empty.value = words;
    kept.selection = false;
    const first = form.querySelector(form.dataset.form === "move" ? "[data-where-select]" : "textarea");
    first.focus();
    form.scrollIntoView({ block: "nearest" });
  }
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  const part = event.detail.target.closest?.("#part-history");
  if (part && part.contains(document.activeElement)) part.scrollIntoView({ block: "start" });
});

document.body.addEventListener("document:changed", (event) => {
  const wanted = kept.next ?? (event.detail.select && `answer-${event.detail.select}`) ?? kept.current;
  kept.next = null;
  const row = document.getElementById(wanted) ?? document.getElementById(kept.current);
  select(row, { focus: true });
  // The letters just chosen stay open: remembering them (b) or going on (c) is the next step.
  const again = kept.fix !== null && row?.querySelector(`.readings [name=start][value="${kept.fix}"]`);
  if (again) openReadings(row.querySelector(`[data-fix="${again.closest(".readings").id}"]`));
});

document.body.addEventListener("document:conflict", () => document.getElementById("conflict").showModal());
document.getElementById("conflict").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-reload]");
  if (!button) return;
  document.getElementById("conflict").close();
  for (const place of answers.querySelectorAll(".form-place")) place.replaceChildren();
  await htmx.ajax("GET", `/documents/${doc.dataset.report}/panel`, { target: "#answers" });
  select(document.getElementById(button.dataset.reload), { focus: true });
});

function ready() {
  showOnlyOpen(kept.onlyOpen);
  showOriginal(kept.original);
  for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
  drawSpots(answers);
}

// -- the original ----------------------------------------------------------------------------------------------------

document.getElementById("leaves").addEventListener("click", (event) => {
  if (!window.getSelection().isCollapsed) return; // words are being picked out
  const element = spotAt(event, answers);
  if (!element) return;
  element.closest("details")?.setAttribute("open", "");
  if (!visible(element)) showOnlyOpen(false);
  select(element, { focus: true, show: false });
});

// -- the document as a whole -----------------------------------------------------------------------------------------

const decision = document.getElementById("decision");
document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-decide]");
  if (!asked) return;
  decision.querySelector("[name=state]").value = asked.dataset.decide;
  decision.querySelector("h2").textContent = asked.dataset.question;
  decision.showModal();
});
decision?.addEventListener("click", (event) => { if (event.target.closest("[data-close]")) decision.close(); });
window.addEventListener("beforeunload", (event) => { if (unsaved()) event.preventDefault(); });
window.addEventListener("pagehide", () => { if ("mayChange" in doc.dataset) navigator.sendBeacon(`/documents/${doc.dataset.report}/leave`); });

// -- keys ------------------------------------------------------------------------------------------------------------

const press = (selector, within = document) => within.querySelector(selector)?.click();
const leap = (id) => {
  const part = document.getElementById(id);
  if (!part) return;
  part.querySelector(":scope > details")?.setAttribute("open", "");
  const first = part.querySelector("input:not([type=hidden]):not([readonly]), [data-row], [data-spots], summary");
  if (first?.matches("[data-row], [data-spots]")) select(first, { focus: true });
  else first?.focus();
  part.scrollIntoView({ block: "start" });
};
const turn = (by) => {
  const paper = document.getElementById("paper");
  const leaves = [...paper.querySelectorAll(".leaf")];
  const top = paper.getBoundingClientRect().top;
  const at = leaves.findLastIndex((leaf) => leaf.getBoundingClientRect().top <= top + 20);
  leaves[Math.min(leaves.length - 1, Math.max(0, at + by))]?.scrollIntoView({ block: "start" });
};

const KEYS = {
  j: () => select(step(rows(), 1), { focus: true }),
  k: () => select(step(rows(), -1), { focus: true }),
  u: () => select(step(openRows(), 1) ?? openRows().find(visible), { focus: true }),
  c: () => nextFix(1),
  C: () => nextFix(-1),
  b: () => openForm()?.querySelector("[name=phrase]")?.select(),
  v: () => showOriginal(!kept.original),
  o: () => showOnlyOpen(!kept.onlyOpen),
  t: () => { kept.selection = true; press("[data-add]"); },
  z: () => press("[data-act=z]"),
  d: () => leap("part-head"),
  i: () => leap("part-items"),
  w: () => leap("part-loose"),
  f: () => leap("part-facts"),
  l: () => leap("part-history"),
  "[": () => turn(-1),
  "]": () => turn(1),
  "+": () => press("[data-zoom='1']"),
  "=": () => press("[data-zoom='1']"),
  "-": () => press("[data-zoom='-1']"),
  A: () => press("[data-testid=accept-above]"),
  P: () => press("[data-key=P]"),
  R: () => press("[data-key=R]"),
  X: () => press("[data-key=X]"),
  T: () => press("[data-key=T]"),
  O: () => press("[data-testid=original]"),
};
for (const act of "aemsr") KEYS[act] = () => current() && press(`[data-act=${act}]`, current());

let went = 0; // when g was pressed: the letter after it names a page
// Before the keys of every page: here j and k go by what is selected, not by what has the focus.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const field = event.target.closest("input:not([type=checkbox]), textarea, select");
  const form = event.target.closest("form.change, form.line, form.remember");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) { event.preventDefault(); form.requestSubmit(); return; }
  if (event.key === "b" && (event.ctrlKey || event.metaKey) && form?.matches(".line")) { event.preventDefault(); press("[data-remember]", form); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (form?.matches(".change")) { event.preventDefault(); cancel(form); }
    else if (openForm()) { event.preventDefault(); closeReadings(); if (current()) select(current(), { focus: true, show: false }); }
    else if (form?.matches(".line")) { form.reset(); form.classList.remove("changed-value"); }
    return;
  }
  if (field) return;
  if (/^[1-9]$/.test(event.key) && openForm()) { event.preventDefault(); act(() => openForm() && press(`[value="${event.key - 1}"]`, openForm())); return; }
  const toPage = Date.now() - went < 1500;
  went = event.key === "g" ? Date.now() : 0;
  if (toPage) return;
  const action = KEYS[event.key];
  if (action && !event.repeat || action && "jk".includes(event.key)) { event.preventDefault(); act(action); }
}, true);

ready();
const wanted = document.getElementById(location.hash.slice(1));
select(wanted?.closest("[data-spots]") ?? openRows()[0] ?? rows()[0], { focus: true });
if (wanted && !wanted.closest("[data-spots]")) wanted.scrollIntoView();
