// The page is whole without this. It links the marks of one commit, its arcs and its lane, searches, and opens folds.
"use strict";
(() => {
  const svg = document.getElementById("range");
  const all = (root, what) => [...root.querySelectorAll(what)];

  if (svg) {
    const marks = new Map();
    for (const mark of all(svg, ".m")) {
      const at = mark.dataset.i;
      marks.set(at, [...(marks.get(at) ?? []), mark]);
    }
    const arcs = all(svg, ".arc");
    const light = (at) => {
      const hot = new Set(marks.get(at) ?? []);
      for (const arc of arcs) {
        const { from, to } = arc.dataset;
        if (from !== at && to !== at) continue;
        hot.add(arc);
        for (const mark of marks.get(from === at ? to : from) ?? []) hot.add(mark);
      }
      for (const element of hot) element.classList.add("hot");
      svg.classList.add("focus");
    };
    const dark = () => {
      svg.classList.remove("focus");
      for (const element of all(svg, ".hot")) element.classList.remove("hot");
    };
    svg.addEventListener("pointerover", (event) => {
      const mark = event.target.closest(".m");
      dark();
      if (mark) light(mark.dataset.i);
    });
    svg.addEventListener("pointerleave", dark);
    svg.addEventListener("click", (event) => {
      const to = event.target.closest("[data-to]")?.dataset.to;
      if (to) location.hash = to;
    });
  }

  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (target) target.scrollIntoView({ block: "center" });
  };
  addEventListener("hashchange", unfold);
  unfold();

  const input = document.getElementById("filter");
  if (input) {
    input.closest("p").hidden = false;
    const kinds = ".commits tbody tr, .roots tbody tr, details.note";
    const items = all(document, kinds).map((item) => [item, item.textContent.toLowerCase()]);
    const folds = all(document, "details:not(.note)").filter((fold) => fold.querySelector(kinds));
    const found = document.getElementById("found");
    const shown = () => items.filter(([item]) => !item.hidden);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const [item, text] of items) item.hidden = !words.every((word) => text.includes(word));
      for (const fold of folds) {
        const any = all(fold, kinds).some((item) => !item.hidden);
        fold.open = words.length > 0 && any;
      }
      found.textContent = words.length > 0 ? `${shown().length} of ${items.length}` : "";
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") shown()[0]?.[0].scrollIntoView({ block: "center" });
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target === input) return;
      event.preventDefault();
      input.focus();
    });
  }

  // What scrolls sideways is reached by keyboard, and says what it is.
  for (const box of all(document, ".scroll, .wide")) {
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    const heading = box.closest("section")?.querySelector("h2");
    if (heading) box.setAttribute("aria-labelledby", heading.id);
  }

  // Paper has no folds.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = all(document, "details:not([open])");
    for (const fold of folded) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of folded) fold.open = false;
  });
})();
