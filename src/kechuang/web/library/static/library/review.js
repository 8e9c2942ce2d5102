// Review by keyboard: J K next and previous, Y confirm, E edit, N no item, U undo, ? help.
// Without this script every button still works as a form.
(function () {
  "use strict";
  const root = document.getElementById("review");
  if (!root) return;
  const items = document.getElementById("items");
  const paper = document.getElementById("paper");
  const said = document.getElementById("said");
  const keys = document.getElementById("keys");
  const on = document.getElementById("keys-on");
  const STORE = "kc-review-keys";

  let decided = false;

  function here() {
    const address = new URL(window.location.href);
    address.searchParams.delete("item");
    address.hash = "";
    return address.href;
  }
  function cards() {
    return Array.from(items.querySelectorAll("article.kc-item")).filter((card) => card.offsetParent !== null);
  }
  function current() {
    return items.querySelector("article.kc-item.on");
  }
  function mark(card, scroll) {
    document.querySelectorAll("#review .on").forEach((one) => one.classList.remove("on"));
    if (!card) return;
    card.classList.add("on");
    const spans = paper.querySelectorAll('[data-n="' + card.dataset.n + '"]');
    spans.forEach((span) => span.classList.add("on"));
    if (scroll) {
      card.focus({ preventScroll: true });
      card.scrollIntoView({ block: "nearest" });
      if (spans[0]) {
        const box = paper.closest(".kc-reviewtext");
        if (box.scrollHeight > box.clientHeight) {
          box.scrollTop += spans[0].getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
        }
      }
    }
  }
  function step(by) {
    const list = cards();
    if (!list.length) return;
    const at = list.indexOf(current());
    // Behind the last card the next page begins; what was decided here has left the shelf, so others have moved up.
    const next = items.querySelector('a[rel="next"]');
    if (by > 0 && at === list.length - 1 && next) {
      window.location.assign(decided ? here() : next.href);
      return;
    }
    mark(list[Math.min(Math.max(at + by, 0), list.length - 1)], true);
  }
  async function send(card, verb) {
    const form = card.querySelector("form");
    const button = form && form.querySelector('button[name="verb"][value="' + verb + '"]');
    if (!button || card.dataset.busy) return;
    card.dataset.busy = "1";
    const data = new FormData(form);
    data.set("verb", verb);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: data, credentials: "same-origin", headers: { "X-Requested-With": "kechuang-review" },
      });
      const result = await answer.json();
      if (!answer.ok) {
        delete card.dataset.busy;
        said.className = "kc-errsum";
        said.textContent = result.error || String(answer.status);
        return;
      }
      said.className = "visually-hidden";
      const holder = document.createElement("template");
      holder.innerHTML = result.card.trim();
      const fresh = holder.content.firstElementChild;
      card.replaceWith(fresh);
      decided = true;
      holder.innerHTML = result.progress.trim();
      document.getElementById("progress").replaceWith(holder.content.firstElementChild);
      const pill = fresh.querySelector(".kc-pill");
      said.textContent = fresh.dataset.n + " " + (pill ? pill.textContent : "");
      mark(fresh, true);
      if (verb !== "undo") step(1);
    } catch (_error) {
      form.requestSubmit(button);
    }
  }
  items.addEventListener("submit", (event) => {
    const button = event.submitter;
    const card = event.target.closest("article.kc-item");
    if (button && button.name === "verb" && card) {
      event.preventDefault();
      send(card, button.value);
    }
  });
  items.addEventListener("focusin", (event) => {
    const card = event.target.closest("article.kc-item");
    if (card && card !== current()) mark(card, false);
  });
  paper.addEventListener("click", (event) => {
    const span = event.target.closest("[data-n]");
    if (!span || String(window.getSelection())) return;
    const card = items.querySelector('article.kc-item[data-n="' + span.dataset.n + '"]');
    const there = span.nextElementSibling && span.nextElementSibling.querySelector("a[href*='?item=']");
    if (card) mark(card, true);
    else if (there) window.location.assign(there.href);
  });

  // Adding by selecting text.
  function position(node, offset) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const span = element.closest("[data-s]");
    return span ? Number(span.dataset.s) + (node.nodeType === Node.TEXT_NODE ? offset : 0) : null;
  }
  document.addEventListener("selectionchange", () => {
    const selection = window.getSelection();
    const form = document.getElementById("add-form");
    if (!form || !selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!paper.contains(range.startContainer) || !paper.contains(range.endContainer)) return;
    const start = position(range.startContainer, range.startOffset);
    const end = position(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return;
    form.elements.start.value = start;
    form.elements.end.value = end;
    form.elements.quote.value = String(selection);
    document.getElementById("add-box").open = true;
  });
  const quote = document.getElementById("id_quote");
  if (quote) quote.addEventListener("input", () => {
    quote.form.elements.start.value = "";
    quote.form.elements.end.value = "";
  });

  // Keys.
  if (keys) {
    keys.hidden = false;
    on.checked = window.localStorage.getItem(STORE) !== "off";
    on.addEventListener("change", () => window.localStorage.setItem(STORE, on.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !on || !on.checked) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const card = current() || cards()[0];
    const key = event.key.toLowerCase();
    if (key === "j") step(current() ? 1 : 0);
    else if (key === "k") step(-1);
    else if (key === "?") { keys.scrollIntoView({ block: "center" }); on.focus(); }
    else if (card && key === "y") send(card, "confirm");
    else if (card && key === "n") send(card, "reject");
    else if (card && key === "u") send(card, "undo");
    else if (card && key === "e") window.location.assign(card.querySelector('[data-verb="edit"]').href);
    else return;
    event.preventDefault();
  });
  const wanted = window.location.hash && document.querySelector("article" + window.location.hash);
  if (wanted) {
    const box = wanted.closest("details");
    if (box) box.open = true;
    mark(wanted, true);
  }
}());
