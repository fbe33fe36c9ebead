// Keys of every page: ? help, / search, g + letter to another page, j / k along the rows marked data-row.
"use strict";
(() => {
  const help = () => document.getElementById("help");
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  let goes = 0; // when g was pressed

  const handle = (row) => (row.matches("a, button, input, [tabindex]") ? row : row.querySelector("[data-first]") ?? row.querySelector("a, button, input"));
  const rows = () => [...document.querySelectorAll("[data-row]")].filter(handle);
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))];
    handle(next).focus();
    next.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    if (goes && Date.now() - goes < 1500) {
      goes = 0;
      const link = document.querySelector(`nav [data-key="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); return; }
    }
    const row = event.target.closest("[data-row]");
    switch (event.key) {
      case "?": event.preventDefault(); help().showModal(); break;
      case "/": event.preventDefault(); (document.querySelector("[data-search]") || document.getElementById("quick-search"))?.focus(); break;
      case "g": goes = Date.now(); break;
      case "j": event.preventDefault(); step(1); break;
      case "k": event.preventDefault(); step(-1); break;
      case "x": { const box = row?.querySelector("input[type=checkbox]"); if (box) { event.preventDefault(); box.click(); } break; }
      case "n": case "p": { const page = document.querySelector(event.key === "n" ? "a[rel=next]" : "a[rel=prev]"); if (page) { event.preventDefault(); page.click(); } break; }
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) help().showModal();
    const all = event.target.closest("[data-check-all]");
    if (all) for (const box of document.querySelectorAll(`input[name="${all.dataset.checkAll}"]`)) box.checked = all.checked;
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
    const asked = event.target.closest("[data-counts]");
    if (asked) document.querySelectorAll(`[data-counted="${asked.dataset.counts}"]`).forEach((place) => {
      place.textContent = document.querySelectorAll(`input[name="${asked.dataset.counts}"]:checked`).length;
    });
  });
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm || event.submitter?.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
})();
