"use strict";
(() => {
  const games = [...document.querySelectorAll("[data-game]")].map(game);

  // A game lets the reader choose, at each node of a tree, which goroutine goes on.
  function game(root) {
    const tree = JSON.parse(root.dataset.game);
    tree.n = tree.n.map(([a, b, o, v]) => (o ? { g: a, h: b, o, v } : { e: a, s: b }));
    const find = (sel) => root.querySelector(sel);
    const text = (n) => tree.s[n] || "";
    const name = (g) => (g === 0 ? "test" : "g" + g);
    let path = [];
    let hints = 0; // that were asked for here

    function make(tag, className, ...inner) {
      const node = document.createElement(tag);
      if (className) node.className = className;
      node.append(...inner);
      return node;
    }

    function plural(n, what) { return n + " " + what + (n === 1 ? "" : what.endsWith("ch") ? "es" : "s"); }

    // rank is the number by which a schedule knows an option: the goroutine that ran last is 0.
    function rank(node, k, ran) {
      const current = node.v ? -1 : node.o.findIndex((o) => o[0] === ran);
      return current < 0 || k > current ? k : k === current ? 0 : k + 1;
    }

    function switches(node, o, ran) {
      return !node.v && (o[0] < 0 || (o[0] !== ran && node.o.some((other) => other[0] === ran)));
    }

    // walk follows the path from the beginning.
    function walk() {
      const at = { id: 0, node: tree.n[0], ran: -1, switches: 0, ranks: [], steps: [], last: [] };
      const run = (part) => {
        at.last = tree.p[part].map((s) => tree.t[s]);
        at.steps.push(...at.last);
        for (const s of at.last) if (s[0] >= 0) at.ran = s[0];
      };
      run(tree.b);
      for (const k of path) {
        const o = at.node.o[k];
        if (switches(at.node, o, at.ran)) at.switches++;
        at.ranks.push(rank(at.node, k, at.ran));
        at.id = o[1];
        at.node = tree.n[at.id];
        run(o[2]);
      }
      return at;
    }

    // ahead looks for the way to win with the fewest switches: how many, and the first option.
    function ahead(at) {
      const seen = new Set();
      let now = [[at.id, at.ran, -1]];
      for (let count = 0; now.length; count++) {
        const next = [];
        for (let i = 0; i < now.length; i++) {
          const [id, ran, first] = now[i];
          const node = tree.n[id];
          if (seen.has(id + " " + ran)) continue;
          seen.add(id + " " + ran);
          if (node.e === tree.goal) return { count, first };
          (node.o || []).forEach((o, k) => {
            const last = tree.p[o[2]].map((s) => tree.t[s][0]).filter((g) => g >= 0).pop();
            (switches(node, o, ran) ? next : now).push([o[1], last === undefined ? ran : last, first < 0 ? k : first]);
          });
        }
        now = next;
      }
      return undefined;
    }

    function hint(at) {
      if (hints === 0 || !at.node.o) return "";
      const found = ahead(at);
      if (!found) return "No order that begins like this breaks it: go back.";
      if (hints > 1) return "Choose " + (found.first + 1) + ": " + does(at.node, at.node.o[found.first]).what + ".";
      return found.count ? "From here, " + plural(found.count, "more switch") + (found.count === 1 ? " is" : " are") + " enough." : "From here, it breaks without another switch.";
    }

    // schedule writes the choices as the grader reads them.
    function schedule(ranks) {
      const parts = tree.z ? ["z" + tree.z] : [];
      let gap = 0;
      for (const k of ranks) {
        if (k === 0) { gap++; continue; }
        parts.push(gap.toString(32) + (k > 1 ? "x" + k.toString(32) : ""));
        gap = 0;
      }
      return parts.join(".") || "-";
    }

    function standing(node, g) { return node.g.map((s) => tree.g[s]).find((s) => s[0] === g); }

    // does says what an option does, where, and the source there.
    function does(node, o) {
      const s = o[0] >= 0 ? standing(node, o[0]) : undefined;
      const what = o[3] >= 0 ? text(o[3]) : s ? text(s[3]) : "";
      return { what: o[0] >= 0 ? name(o[0]) + " " + what : what, at: s ? text(s[1]) : "", code: s ? text(s[2]) : "" };
    }

    function option(node, o, k) {
      const d = does(node, o);
      const button = make("button", "", make("kbd", "", String(k + 1)), " ", make("b", "", d.what), " ", make("span", "at", d.at), " ", make("code", "", d.code));
      button.type = "button";
      button.dataset.option = k;
      if (k < 9) button.setAttribute("aria-keyshortcuts", String(k + 1));
      return button;
    }

    function waits(node) {
      return node.g.map((s) => tree.g[s]).filter((s) => !s[5]).map((s) =>
        make("li", "", make("b", "", name(s[0])), " " + text(s[3]) + " ", make("span", "at", text(s[1])), " ", make("code", "", text(s[2]))));
    }

    // rows joins steps of one goroutine on one line.
    function rows(steps) {
      const list = [];
      for (const s of steps) {
        const last = list[list.length - 1];
        if (s[0] >= 0 && !text(s[1])) continue;
        if (last && last.g === s[0] && last.at === text(s[1]) && s[0] >= 0) {
          if (text(s[3]) && !last.does.includes(text(s[3]))) last.does.push(text(s[3]));
        } else {
          list.push({ g: s[0], at: text(s[1]), code: text(s[2]), does: [text(s[3])].filter(Boolean) });
        }
      }
      return list;
    }

    // lanes fills the table of what has run, with a column for each goroutine.
    function lanes(steps) {
      const list = rows(steps);
      const all = [...new Set(list.map((r) => r.g).filter((g) => g >= 0))].sort((a, b) => a - b);
      const head = make("tr", "", ...all.map((g) => { const th = make("th", "", name(g)); th.scope = "col"; return th; }));
      const body = list.map((r) => {
        if (r.g < 0) {
          const cell = make("td", "", r.does.join("; "));
          cell.colSpan = Math.max(1, all.length);
          return make("tr", "", cell);
        }
        return make("tr", "", ...all.map((g) => g !== r.g ? make("td") :
          make("td", "ran", make("span", "at", r.at), " ", make("code", "", r.code), " ", make("span", "does", r.does.join("; ")))));
      });
      find(".lane thead").replaceChildren(head);
      find(".lane tbody").replaceChildren(...body);
      const box = find(".lane");
      box.scrollTop = box.scrollHeight;
    }

    // mark shows the lines that goroutines are on.
    function mark(at) {
      root.querySelectorAll("li.here").forEach((n) => { n.classList.remove("here"); delete n.dataset.by; });
      const on = at.node.g ? at.node.g.map((s) => tree.g[s]).map((s) => [s[0], s[4]]) : at.last.map((s) => [s[0], s[4]]).slice(-1);
      for (const [g, line] of on) {
        for (const id of text(line).split(" ").filter(Boolean)) {
          const li = find('li[data-line="' + id + '"]');
          li.classList.add("here");
          const by = li.dataset.by ? li.dataset.by.split(", ") : [];
          if (!by.includes(name(g))) li.dataset.by = [...by, name(g)].join(", ");
        }
      }
      const first = find("li.here");
      const box = find(".source");
      if (first) box.scrollTop += first.getBoundingClientRect().top - box.getBoundingClientRect().top - 60;
    }

    function ran(at) {
      const done = rows(at.last).map((r) => (r.g >= 0 ? name(r.g) + " at " + r.at + (r.does.length ? " " + r.does.join(", ") : "") : r.does.join(", ")));
      return path.length && done.length ? done.join("; ") + ". " : "";
    }

    function ended(at) {
      const end = at.node;
      if (tree.goal > 0 && end.e === tree.goal) return "✗ You broke it in " + plural(at.switches, "switch") + "; the fewest is " + tree.fewest + ". " + text(end.s);
      if (end.e > 0) return "The test passes in this order, although there is a data race. " + text(end.s) + " Go back or restart, and find an order in which the test goes wrong.";
      if (text(end.s)) return "? " + text(end.s);
      return tree.passes ? "✓ The test passes, as in every order: " + tree.passes + "." : "✓ The test passes in this order: try again. Go back or restart.";
    }

    function say(at) {
      const done = at.node.o ? "" : ended(at);
      find(".result").textContent = done;
      find(".result").className = "result" + (done.startsWith("✗") ? " bad" : done.startsWith("✓") ? " good" : "");
      find(".count").textContent = plural(path.length, "choice") + ", " + plural(at.switches, "switch");
      const next = at.node.o ? "Choose: " + at.node.o.map((o, k) => k + 1 + " " + does(at.node, o).what).join("; ") + "." : done;
      find(".hint").textContent = hint(at);
      find(".said").textContent = hint(at) || ran(at) + next;
      const again = find(".again");
      again.hidden = at.node.o !== undefined || !tree.replay;
      again.querySelector("code").textContent = again.hidden ? "" : tree.replay.replace("SCHEDULE", schedule(at.ranks));
    }

    function show() {
      const at = walk();
      const inside = find(".options").contains(document.activeElement);
      find(".options").replaceChildren(...(at.node.o || []).map((o, k) => option(at.node, o, k)));
      find(".blocked").replaceChildren(...(at.node.g ? waits(at.node) : []));
      find(".held").textContent = at.node.h && at.node.h.length ? "Held: " + at.node.h.map(text).join("; ") : "";
      lanes(at.steps);
      mark(at);
      say(at);
      for (const b of root.querySelectorAll("[data-do]")) b.setAttribute("aria-disabled", String(b.dataset.do === "hint" ? !at.node.o : path.length === 0));
      if (inside) (find(".options button") || find("[data-do]")).focus();
    }

    function choose(k) {
      const node = walk().node;
      if (!node.o || k >= node.o.length) return;
      path.push(k);
      hints = 0;
      show();
    }

    function go(what) {
      hints = what === "hint" ? hints + 1 : 0;
      if (what === "back") path.pop();
      if (what === "restart") path = [];
      show();
    }

    root.addEventListener("click", (e) => {
      const button = e.target.closest("button");
      if (!button) return;
      if (button.dataset.do) go(button.dataset.do);
      else choose(+button.dataset.option);
    });
    show();
    return { root, choose, go };
  }

  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.altKey || e.metaKey || e.shiftKey) return;
    const g = games.find((one) => one.root.contains(document.activeElement));
    const what = { b: "back", r: "restart", h: "hint" }[e.key];
    if (!g || !(what || /^[1-9]$/.test(e.key))) return;
    e.preventDefault();
    if (what) { if (g.root.querySelector('[data-do="' + what + '"]')) g.go(what); }
    else g.choose(e.key - 1);
  });
})();
