// Uploading: files are dropped or chosen, sent two at a time with their progress, then read as one batch.
"use strict";
(() => {
  const drop = document.getElementById("drop");
  if (!drop) return;
  const list = document.getElementById("upload-list");
  const sum = document.getElementById("upload-sum");
  const start = document.getElementById("start");
  const most = Number(drop.dataset.most);
  const AT_ONCE = 2;
  let folder = null; // promise of the id of the upload
  let entries = [];

  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1).replace(".", ",")} MB`);
  const make = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  const send = (address) => fetch(address, { method: "POST", headers: { "HX-Request": "true" } }).then(async (answer) => {
    if (answer.status === 401) location.assign("/login?next=/operator");
    if (!answer.ok) throw new Error(plain(await answer.text()));
    return answer;
  });
  const plain = (html) => {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    body.querySelector("strong")?.remove(); // the title of the error: the sentence after it says why
    return body.textContent.trim() || "Không gửi được, hãy thử lại.";
  };
  const opened = () => (folder ??= send("/operator/uploads").then((answer) => answer.json()).then((made) => made.id));

  function add(file) {
    const bar = make("progress", { max: file.size || 1, value: 0 });
    bar.setAttribute("aria-label", `Tiến độ gửi ${file.name}`);
    const note = make("span", { className: "note", textContent: "Chờ gửi" });
    const remove = make("button", { type: "button", className: "plain", textContent: "Bỏ" });
    remove.setAttribute("aria-label", `Bỏ ${file.name}`);
    const row = make("li", {}, make("span", { className: "file-name", textContent: file.name }), make("span", { className: "soft small nowrap", textContent: size(file.size) }), bar, note, remove);
    row.dataset.testid = "upload";
    const entry = { file, row, bar, note, state: "waiting", request: null, stored: null };
    remove.addEventListener("click", () => takeBack(entry));
    entries.push(entry);
    list.append(row);
    if (file.size > most) fail(entry, `Lớn hơn ${size(most)}, không nhận được.`);
  }

  async function takeBack(entry) {
    entry.request?.abort();
    entries = entries.filter((one) => one !== entry);
    entry.row.remove();
    refresh();
    if (entry.stored) await send(`/operator/uploads/${await opened()}/remove?name=${encodeURIComponent(entry.stored)}`).catch(() => {});
  }

  function fail(entry, why) {
    entry.state = "failed";
    entry.row.classList.add("failed");
    entry.note.textContent = `✕ ${why}`;
    entry.row.dataset.state = "failed";
  }

  async function upload(entry) {
    entry.state = "sending";
    let id;
    try {
      id = await opened();
    } catch (error) {
      folder = null;
      fail(entry, error.message);
      return refresh();
    }
    if (entry.state !== "sending") return undefined;
    const request = new XMLHttpRequest();
    entry.request = request;
    request.open("POST", `/operator/uploads/${id}/files?name=${encodeURIComponent(entry.file.name)}`);
    request.setRequestHeader("HX-Request", "true");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (entry.request !== request) return;
      entry.bar.value = event.loaded;
      entry.note.textContent = `${Math.floor((100 * event.loaded) / (event.total || 1))}%`;
    });
    request.addEventListener("load", () => {
      if (entry.request !== request) return;
      if (request.status === 201) {
        entry.state = "sent";
        entry.stored = JSON.parse(request.responseText).name;
        entry.bar.value = entry.bar.max;
        entry.note.textContent = "✓ Đã gửi";
        entry.row.dataset.state = "sent";
      } else if (request.status === 401) location.assign("/login?next=/operator");
      else fail(entry, plain(request.responseText));
      refresh();
    });
    request.addEventListener("error", () => { if (entry.request === request) { fail(entry, "Mất kết nối khi gửi."); refresh(); } });
    request.send(entry.file);
    return undefined;
  }

  function refresh() {
    const count = (state) => entries.filter((one) => one.state === state).length;
    for (let free = AT_ONCE - count("sending"); free > 0; free -= 1) {
      const next = entries.find((one) => one.state === "waiting");
      if (!next) break;
      upload(next);
    }
    const [sent, failed] = [count("sent"), count("failed")];
    const pending = entries.length - sent - failed;
    document.getElementById("uploads").hidden = entries.length === 0;
    start.disabled = pending > 0 || sent === 0;
    start.textContent = sent ? `Bắt đầu đọc ${sent} tệp` : "Bắt đầu đọc";
    sum.textContent = `Đã gửi ${sent}/${entries.length} tệp${failed ? `, ${failed} tệp không gửi được` : ""}`;
  }

  function take(files) {
    for (const file of files) add(file);
    refresh();
  }

  // A folder that is dropped gives its files, however deep.
  async function inside(entry) {
    if (entry.isFile) return [await new Promise((found, lost) => entry.file(found, lost))];
    const reader = entry.createReader();
    const files = [];
    for (;;) {
      const some = await new Promise((found, lost) => reader.readEntries(found, lost));
      if (!some.length) return files;
      for (const one of some) files.push(...(await inside(one)));
    }
  }

  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault()); // a miss opens no file
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    const found = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!found.length) return take(event.dataTransfer.files);
    for (const entry of found) take(await inside(entry).catch(() => []));
    return undefined;
  });
  const chosen = document.getElementById("files");
  chosen.addEventListener("change", () => { take([...chosen.files]); chosen.value = ""; });
  document.addEventListener("keydown", (event) => {
    if (event.key === "o" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input:not([type=file]), textarea, select, dialog")) chosen.click();
  });
  document.getElementById("clear").addEventListener("click", () => {
    for (const one of entries) one.request?.abort();
    entries = [];
    folder = null;
    list.replaceChildren();
    refresh();
  });
  start.addEventListener("click", async () => {
    start.disabled = true;
    try {
      const answer = await send(`/operator/uploads/${await opened()}/start`);
      location.assign(answer.url);
    } catch (error) {
      sum.textContent = error.message;
      start.disabled = false;
    }
  });
  window.addEventListener("beforeunload", (event) => { if (entries.some((one) => one.state === "sending" || one.state === "waiting")) event.preventDefault(); });
})();
