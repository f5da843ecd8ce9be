(() => {
  "use strict";
  const filter = document.querySelector(".filter");
  const buttons = [...filter.querySelectorAll("button[value]")];
  const items = [...document.querySelectorAll("[data-verdict]")];
  const articles = items.filter((item) => item.matches("article"));
  const folds = [...document.querySelectorAll("details")];

  function show(verdict) {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === verdict));
    for (const item of items) {
      const out = verdict !== "all" && item.dataset.verdict !== verdict;
      if (item.matches("article")) item.hidden = out;
      else item.classList.toggle("dim", out);
    }
    filter.querySelector("output").textContent =
      articles.filter((article) => !article.hidden).length + " of " + articles.length + " claims";
  }

  // an address leads to its claim: shown, open, in view
  function follow() {
    const hash = location.hash.slice(1);
    const button = buttons.find((b) => hash === "verdict=" + b.value);
    if (button) {
      show(button.value);
      document.getElementById("claims").scrollIntoView();
      return;
    }
    const target = hash && document.getElementById(hash);
    const article = target && target.closest("article");
    if (!article) return;
    if (article.hidden) show("all");
    article.querySelector("details").open = true;
    target.scrollIntoView();
  }

  for (const button of buttons) {
    button.addEventListener("click", () => {
      show(button.value);
      history.replaceState(null, "", "#verdict=" + button.value);
    });
  }
  for (const [id, open] of [["expand", true], ["collapse", false]]) {
    document.getElementById(id).addEventListener("click", () => {
      for (const fold of folds) fold.open = open;
    });
  }

  // paper has everything; afterwards the page is as it was
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = folds.filter((fold) => !fold.open);
    for (const fold of closed) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of closed) fold.open = false;
  });

  for (const picture of document.querySelectorAll(".picture")) {
    const slider = picture.querySelector("input");
    if (!slider) continue;
    const steps = [...picture.querySelectorAll("[data-step]")];
    slider.addEventListener("input", () => {
      for (const step of steps) {
        step.toggleAttribute("hidden", step.dataset.step !== slider.value);
        if (!step.hasAttribute("hidden") && step.dataset.label)
          slider.setAttribute("aria-valuetext", step.dataset.label);
      }
    });
    slider.dispatchEvent(new Event("input"));
    picture.querySelector(".slider").hidden = false;
  }

  const copy = document.getElementById("copy");
  const summary = document.querySelector(".summary");
  copy.addEventListener("click", async () => {
    let said = "Copied.";
    try {
      await navigator.clipboard.writeText(summary.textContent);
    } catch {
      // where a page from disk may not write to the clipboard, the text is selected for the reader
      getSelection().selectAllChildren(summary);
      said = "Selected: copy it with Ctrl-C.";
    }
    copy.nextElementSibling.textContent = said;
  });
  copy.parentElement.hidden = false;

  filter.hidden = false;
  show("all");
  follow();
  addEventListener("hashchange", follow);
  // a second click on a link leads there again, though the address stays as it is
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (link && link.getAttribute("href") === location.hash) follow();
  });
})();
