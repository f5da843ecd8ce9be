(() => {
  "use strict";
  const filter = document.querySelector(".filter");
  const buttons = [...filter.querySelectorAll("button")];
  const items = [...document.querySelectorAll("[data-verdict]")];
  const rows = items.filter((item) => item.matches("tr"));

  function show(verdict) {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === verdict));
    for (const item of items) {
      const out = verdict !== "all" && item.dataset.verdict !== verdict;
      if (item.matches("a")) item.classList.toggle("dim", out);
      else item.hidden = out;
    }
    filter.querySelector("output").textContent =
      rows.filter((row) => !row.hidden).length + " of " + rows.length + " claims";
  }

  function follow() {
    const hash = location.hash.slice(1);
    const button = buttons.find((b) => hash === "verdict=" + b.value);
    if (button) {
      show(button.value);
      document.getElementById("verdicts").scrollIntoView();
      return;
    }
    const target = hash && document.getElementById(hash);
    if (target && target.closest("[hidden]")) {
      show("all");
      target.scrollIntoView();
    }
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      show(button.value);
      history.replaceState(null, "", "#verdict=" + button.value);
    });
  }
  filter.hidden = false;
  show("all");
  follow();
  addEventListener("hashchange", follow);
})();
