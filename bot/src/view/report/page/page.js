// The page is whole without this. It links the marks of one commit, its arcs and its lane, filters tables, and opens folds.
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
    const rows = all(document, ".commits tbody tr").map((row) => [row, row.textContent.toLowerCase()]);
    const found = document.getElementById("found");
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const [row, text] of rows) {
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) count += 1;
      }
      for (const fold of all(document, "details:has(.commits)")) {
        const any = fold.querySelector(".commits tbody tr:not([hidden])") !== null;
        fold.open = words.length > 0 && any;
      }
      found.textContent = words.length > 0 ? `${count} of ${rows.length} rows` : "";
    });
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
