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
