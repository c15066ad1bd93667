"use strict";
(() => {
  document.documentElement.classList.add("scripted");
  // What scrolls sideways can have the focus, so that keys scroll it.
  document.querySelectorAll(".wide").forEach((box) => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; });
  const plays = [...document.querySelectorAll("[data-play]")].map(play);

  // A player shows one step of one interleaving.
  function play(root) {
    const rows = [...root.querySelectorAll("tr[data-step]")];
    const now = root.querySelector(".now");
    const known = root.querySelector(".known dl");
    let at = 0;

    function text(node, sel) {
      const found = node.querySelector(sel);
      return found ? found.textContent.trim().replace(/\s+/g, " ") : "";
    }

    function said(row) {
      const cells = row.children;
      const head = [cells[1].textContent, cells[2].textContent].filter(Boolean).join(", ");
      const what = [...cells[3].children].map((c) => c.textContent).join("; ");
      const turn = row.previousElementSibling && row.previousElementSibling.className === "switch" ? row.previousElementSibling.textContent.trim() + ". " : "";
      return "Step " + (at + 1) + " of " + rows.length + ": " + turn + (head ? head + ": " : "") + what + ".";
    }

    // fresh is what is new at a step. The box beside the lanes shows it, so it is for screen readers.
    function fresh(row) {
      const span = document.createElement("span");
      span.className = "hidden";
      span.textContent = [...row.children[4].children].map((c) => " " + text(c, "b") + ": " + text(c, "i") + ".").join("");
      return span;
    }

    function facts() {
      const latest = new Map();
      rows.slice(0, at + 1).forEach((row, i) => row.querySelectorAll("[data-key]").forEach((f) => latest.set(+f.dataset.key, [f, i])));
      known.replaceChildren();
      for (const key of [...latest.keys()].sort((a, b) => a - b)) {
        const [fact, since] = latest.get(key);
        const told = text(fact, "i");
        if (!told) continue;
        const dt = document.createElement("dt");
        const dd = document.createElement("dd");
        dt.textContent = text(fact, "b");
        dd.textContent = told;
        if (since === at) dd.className = "new";
        known.append(dt, dd);
      }
    }

    // reveal scrolls a box, and never the page.
    function reveal(node, box) {
      if (!node || !box) return;
      const n = node.getBoundingClientRect();
      const b = box.getBoundingClientRect();
      if (n.top < b.top + 30) box.scrollTop -= b.top - n.top + 60;
      else if (n.bottom > b.bottom) box.scrollTop += n.bottom - b.bottom + 40;
    }

    // sideways brings a node's lane into view.
    function sideways(node, box) {
      if (!node) return;
      const n = node.getBoundingClientRect();
      const b = box.getBoundingClientRect();
      if (n.left < b.left + 20) box.scrollLeft -= b.left - n.left + 120;
      else if (n.right + 160 > b.right) box.scrollLeft += Math.min(n.right + 240 - b.right, n.left - b.left - 20);
    }

    function mark() {
      const step = String(at + 1);
      root.querySelectorAll(".here").forEach((n) => { n.classList.remove("here"); n.removeAttribute("aria-current"); });
      root.querySelectorAll('[data-step="' + step + '"]').forEach((n) => n.classList.add("here"));
      rows[at].setAttribute("aria-current", "step");
      const lanes = root.querySelector(".lanes");
      reveal(root.querySelector('rect[data-step="' + step + '"]'), lanes);
      sideways(root.querySelector('g[data-step="' + step + '"] .node'), lanes);
      (rows[at].dataset.line || "").split(" ").filter(Boolean).reverse().forEach((id) => {
        const line = root.querySelector('li[data-line="' + id + '"]');
        line.classList.add("here");
        line.setAttribute("aria-current", "true");
        reveal(line, root.querySelector(".source"));
      });
    }

    function show(to) {
      at = Math.max(0, Math.min(rows.length - 1, to));
      mark();
      facts();
      now.replaceChildren(said(rows[at]), fresh(rows[at]));
      for (const b of root.querySelectorAll("[data-go]")) {
        const end = b.dataset.go === "first" || b.dataset.go === "back" ? at === 0 : at === rows.length - 1;
        b.setAttribute("aria-disabled", String(end));
      }
    }

    function go(where) {
      show({ first: 0, back: at - 1, on: at + 1, last: rows.length - 1 }[where]);
    }

    root.addEventListener("click", (e) => {
      const button = e.target.closest("[data-go]");
      const step = e.target.closest("[data-step]");
      if (button) go(button.dataset.go);
      else if (step && getSelection().isCollapsed) show(step.dataset.step - 1);
    });
    show(0);
    return { root, go };
  }

  // scrolls tells whether a key scrolls the box that has the focus.
  function scrolls(box, key) {
    return box.matches(".lanes, .source") && key.startsWith("Arrow") && box.scrollWidth > box.clientWidth;
  }

  const keys = { ArrowRight: "on", ArrowLeft: "back", Home: "first", End: "last" };
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    const inside = plays.find((p) => p.root.contains(document.activeElement));
    const p = inside || (plays.length === 1 ? plays[0] : undefined);
    const bar = p && p.root.querySelector(".bar").contains(document.activeElement);
    const where = keys[e.key] || (bar && { ArrowDown: "on", ArrowUp: "back" }[e.key]);
    if (!p || !where || scrolls(document.activeElement, e.key)) return;
    e.preventDefault();
    p.go(where);
  });
})();
