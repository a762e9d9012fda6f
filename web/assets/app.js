// The portal's own script: conveniences only. Every page reads, searches and submits without it.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("script");

  // A slider moves the number beside it, and follows it.
  function sliders(scope) {
    scope.querySelectorAll("input[data-slider]").forEach(function (slider) {
      var field = document.getElementById(slider.dataset.slider);
      if (!field || slider.dataset.ready) return;
      slider.dataset.ready = "1";
      function follow() {
        var n = parseFloat(field.value.replace(/,/g, ""));
        if (!isNaN(n)) {
          if (n > Number(slider.max)) slider.max = Math.ceil(n);
          slider.value = n;
        }
      }
      follow();
      field.addEventListener("input", follow);
      slider.addEventListener("input", function () {
        field.value = slider.value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
  }

  document.addEventListener("click", function (e) {
    var t = e.target.closest("[data-print],[data-copy]");
    if (!t) {
      document.querySelectorAll("details.sort[open]").forEach(function (d) { if (!d.contains(e.target)) d.open = false; });
      return;
    }
    if (t.hasAttribute("data-print")) window.print();
    if (t.dataset.copy && navigator.clipboard) {
      navigator.clipboard.writeText(t.dataset.copy).then(function () { say(t.dataset.done); t.textContent = t.dataset.done; });
    } else if (t.dataset.copy) {
      window.prompt("", t.dataset.copy);
    }
  });

  // What happened is also said to who cannot see it.
  var live = document.createElement("p");
  live.className = "sr";
  live.setAttribute("role", "status");
  document.querySelector("main").appendChild(live);
  function say(text) { live.textContent = ""; live.textContent = text; }

  // J and K step through the passages that are set beside each other; Escape closes what is open.
  document.addEventListener("keydown", function (e) {
    if (e.key === "Escape") {
      document.querySelectorAll("details.sort[open],details.menu[open]").forEach(function (d) { d.open = false; d.querySelector("summary").focus(); });
      var s = document.getElementById("suggest");
      if (s) s.textContent = "";
      return;
    }
    if (e.target.closest("input,textarea,select") || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key !== "j" && e.key !== "k") return;
    var pairs = Array.prototype.slice.call(document.querySelectorAll("[data-pair]"));
    if (!pairs.length) return;
    var at = pairs.indexOf(document.activeElement) + (e.key === "j" ? 1 : -1);
    at = Math.max(0, Math.min(pairs.length - 1, at));
    pairs[at].tabIndex = -1;
    pairs[at].focus();
  });

  // No more than four can be set beside each other.
  document.addEventListener("change", function (e) {
    if (e.target.name !== "a" || e.target.type !== "checkbox") return;
    var picked = document.querySelectorAll("input[name=a]:checked").length;
    document.querySelectorAll("input[name=a]:not(:checked)").forEach(function (x) { x.disabled = picked >= 4; });
  });

  sliders(document);
  document.addEventListener("htmx:after:swap", function () { sliders(document); });
  var wrong = document.querySelector(".summary[role=alert]");
  if (wrong) wrong.focus();
})();
