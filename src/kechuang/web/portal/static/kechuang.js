/* Small comforts on top of pages that work without this file. */
(function () {
  "use strict";
  // Escape closes the menu and gives the focus back to its button.
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details.kc-menu[open]").forEach(function (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
  // A click outside the panel closes it too.
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.kc-menu[open]").forEach(function (menu) {
      if (!event.target.closest(".kc-menu-panel, summary")) { menu.open = false; }
    });
  });
  // Before the log-out for being idle: say so, offer to stay. Tabs tell each other when one of them was used.
  var idle = document.getElementById("kc-idle");
  if (idle) {
    var KEY = "kc-idle-until", end = 0, timer = 0;
    var show = function (state) {
      idle.hidden = !state;
      idle.querySelector("[data-kc-soon]").hidden = state !== "soon";
      idle.querySelector("[data-kc-over]").hidden = state !== "over";
      idle.querySelector("button").hidden = state !== "soon";
    };
    var look = function () {
      var left = end - Date.now(), warn = Number(idle.dataset.kcWarn) * 1000;
      clearTimeout(timer);
      if (left > warn) {
        show("");
        timer = setTimeout(look, left - warn);
      } else if (left > 0) {
        idle.querySelector("[data-kc-when]").textContent =
          new Date(end).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
        show("soon");
        timer = setTimeout(look, left);
      } else {
        show("over");
      }
    };
    var until = function (left) {
      end = Date.now() + left * 1000;
      try { localStorage.setItem(KEY, String(end)); } catch (e) { /* storage is switched off: this tab alone */ }
      look();
    };
    window.addEventListener("storage", function (event) {
      if (event.key === KEY && Number(event.newValue) > end) { end = Number(event.newValue); look(); }
    });
    document.addEventListener("visibilitychange", function () { if (!document.hidden) { look(); } });
    idle.querySelector("button").addEventListener("click", function () {
      fetch(idle.dataset.kcStay, { credentials: "same-origin", headers: { Accept: "application/json" } })
        .then(function (answer) { return answer.ok ? answer.json() : { left: 0 }; })
        .then(function (answer) { until(answer.left); })
        .catch(function () { look(); });
    });
    until(Number(idle.dataset.kcLeft));
  }
  // An error summary takes the focus, so that a screen reader says it first.
  var summary = document.querySelector(".kc-errsum");
  if (summary) { summary.focus(); }
  // Buttons that print the page exist only where there is a script to print it.
  document.querySelectorAll("[data-kc-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  // Choosing a value sends the form at once; its button stays for those without script.
  document.querySelectorAll("[data-kc-autosubmit]").forEach(function (field) {
    field.addEventListener("change", function () { field.form.requestSubmit(); });
  });
}());
