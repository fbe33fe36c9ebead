// The original's side of the document view: the places of answers drawn on page pictures or marked in its words.
const paper = document.getElementById("paper");
const leaves = document.getElementById("leaves");
const SVG = "http://www.w3.org/2000/svg";
const ALWAYS = new Set(["person", "sure", "check", "doubt", "loose"]); // others show their place only while selected
const spots = (element) => JSON.parse(element.dataset.spots);

const leafOf = (spot) => leaves.querySelector(`.leaf[data-page="${spot.page}"]`);

// The blocks of a file without pages, by what answers name them.
const blocks = new Map();
for (const block of leaves.querySelectorAll("[data-block]")) {
  // Sheets have a number here but none in the provenance, where the block names the sheet.
  for (const page of new Set([block.closest(".leaf").dataset.page ?? "", ""])) {
    const key = `${page}|${block.dataset.block}`;
    blocks.set(key, [...(blocks.get(key) ?? []), block]);
  }
}
const letters = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
// Cells of a table in plain text share their line: then those whose words the answer has, else all of them.
function blocksOf(spot, element) {
  let found = [];
  for (let path = spot.block; path && !found.length; path = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "") {
    found = blocks.get(`${spot.page ?? ""}|${path}`) ?? [];
  }
  if (found.length < 2) return found;
  const said = letters([...element.querySelectorAll(".said:not(.repaired)")].at(-1)?.textContent ?? element.querySelector(".said")?.textContent ?? "");
  const same = found.filter((block) => letters(block.textContent).length > 2 && said.includes(letters(block.textContent)));
  return same.length ? same : found;
}

function box(leaf, spot, element, kind) {
  const [x0, y0, x1, y1] = spot.box;
  const rect = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x: x0 - 2, y: y0 - 1.5, width: x1 - x0 + 4, height: y1 - y0 + 3, rx: 2 })) rect.setAttribute(name, value);
  rect.setAttribute("class", kind);
  rect.dataset.for = element.id;
  leaf.querySelector("svg").append(rect);
  return rect;
}

let marked = new Map(); // block → what was read from it
export function drawSpots(answers) {
  for (const rect of leaves.querySelectorAll("rect")) rect.remove();
  for (const block of marked.keys()) block.classList.remove("spot", "lit", ...ALWAYS);
  marked = new Map();
  let n = 0;
  for (const element of answers.querySelectorAll("[data-spots]")) {
    element.id ||= `spot-${(n += 1)}`;
    const kind = element.dataset.level;
    if (!ALWAYS.has(kind)) continue;
    for (const spot of spots(element)) {
      const leaf = spot.box && leafOf(spot);
      if (leaf?.querySelector("svg")) { box(leaf, spot, element, kind); continue; }
      for (const block of spot.block ? blocksOf(spot, element) : []) {
        if (!marked.has(block)) { marked.set(block, []); block.classList.add("spot", kind); }
        marked.get(block).push(element);
      }
    }
  }
}

// Light up where `element` was read, and bring it into view where `show` is set.
export function light(element, show) {
  for (const lit of leaves.querySelectorAll(".lit")) lit.classList.remove("lit");
  for (const extra of leaves.querySelectorAll("rect.extra")) extra.remove();
  const found = [];
  for (const spot of spots(element)) {
    const leaf = spot.box && leafOf(spot);
    if (leaf?.querySelector("svg")) {
      if (!ALWAYS.has(element.dataset.level)) found.push(box(leaf, spot, element, "extra"));
    } else if (spot.block) {
      found.push(...blocksOf(spot, element));
    }
  }
  found.push(...leaves.querySelectorAll(`rect[data-for="${CSS.escape(element.id)}"]:not(.extra)`));
  for (const one of found) one.classList.add("lit");
  if (!show || !found.length) return;
  const first = found[0].getBoundingClientRect();
  const view = paper.getBoundingClientRect();
  const fits = first.top >= view.top + 8 && first.bottom <= view.bottom - 8;
  if (!fits) paper.scrollBy({ top: first.top - view.top - Math.max(24, (view.height - first.height) / 3) });
  if (found[0].matches("[data-block]")) found[0].scrollIntoView({ block: "nearest", inline: "nearest" });
  else if (first.left < view.left || first.right > view.right) paper.scrollBy({ left: first.left - view.left - 24 });
}

// The answer (or other text) at a click on the original; of several the one with the smallest place.
export function spotAt(event, answers) {
  const leaf = event.target.closest(".leaf");
  if (!leaf) return null;
  if (!leaf.querySelector("svg")) {
    for (let block = event.target.closest("[data-block]"); block; block = block.parentElement.closest("[data-block]")) {
      const here = marked.get(block);
      if (here) return here[(here.findIndex((one) => one.hasAttribute("aria-current")) + 1) % here.length];
    }
    return null;
  }
  const hits = [...leaf.querySelectorAll("rect")].filter((rect) => {
    const { left, right, top, bottom } = rect.getBoundingClientRect();
    return left <= event.clientX && event.clientX <= right && top <= event.clientY && event.clientY <= bottom;
  });
  const size = (rect) => rect.width.baseVal.value * rect.height.baseVal.value + (rect.matches(".loose") ? 1e6 : 0);
  const best = hits.filter((rect) => answers.querySelector(`#${CSS.escape(rect.dataset.for)}`)).sort((a, b) => size(a) - size(b))[0];
  return best ? document.getElementById(best.dataset.for) : null;
}

// Zoom and page number.
let zoom = Number(localStorage.getItem("zoom")) || 1;
function zoomTo(value) {
  zoom = Math.min(4, Math.max(0.5, value));
  localStorage.setItem("zoom", zoom);
  leaves.style.setProperty("--zoom", zoom);
  document.getElementById("zoom").textContent = `${Math.round(zoom * 100)}%`;
  const wide = paper.clientWidth * zoom;
  for (const picture of leaves.querySelectorAll("img")) picture.sizes = `${Math.round(wide)}px`;
}
document.addEventListener("click", (event) => {
  const by = event.target.closest("[data-zoom]")?.dataset.zoom;
  if (by) zoomTo(Math.round((zoom + 0.25 * by) * 4) / 4);
});
const shown = document.getElementById("page-shown");
if (shown) {
  const tell = () => {
    const middle = paper.getBoundingClientRect().top + paper.clientHeight / 2;
    const all = [...leaves.querySelectorAll(".leaf")];
    const at = all.findLastIndex((leaf) => leaf.getBoundingClientRect().top <= middle);
    shown.textContent = `Trang ${Math.max(0, at) + 1}/${all.length}`;
  };
  paper.addEventListener("scroll", tell, { passive: true });
}
zoomTo(zoom);
