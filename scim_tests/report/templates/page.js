// Opens, filters and finds the rows that pytest-html made, and follows links into what is shut.
// Reads nothing but this document, keeps nothing, asks nobody.
(() => {
  "use strict";
  document.documentElement.lang = "en";

  // A page without an origin, as `scim-tests ui` shows it, has no storage, which pytest-html's script asks for at once.
  try {
    sessionStorage.length;
  } catch {
    Object.defineProperty(window, "sessionStorage", { value: { getItem: () => null, setItem: () => {} } });
  }

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  let rows = [];
  const chosen = new Set(); // verdicts; empty means every one

  const read = (body) => {
    const cell = body.querySelector(".col-verdict");
    if (!cell) return null;
    const { verdict, story, act, severity, rank } = cell.dataset;
    const button = body.querySelector(".opens");
    const extra = body.querySelector(".extras-row");
    body.classList.add(verdict.replace(" ", "-"));
    extra.id = `${body.id}-details`;
    button.setAttribute("aria-controls", extra.id);
    return { body, button, extra, verdict, story, act, severity, rank, text: "" };
  };

  // The exchange stands once in the document; what a row shows of it is a copy without its id.
  const showEvidence = (row) => {
    for (const place of all(".evidence:empty", row.body)) {
      const source = byId(place.dataset.exchange)?.querySelector(".exchange");
      if (!source) continue;
      place.append(source.cloneNode(true));
      all(".copy, .found", place).forEach((part) => part.remove());
      offerCopies(place);
    }
  };

  const isOpen = (row) => row.button.getAttribute("aria-expanded") === "true";

  const open = (row, yes = true) => {
    if (yes) showEvidence(row);
    row.button.setAttribute("aria-expanded", String(yes));
    row.extra.classList.toggle("hidden", !yes);
  };

  const words = (row) => (row.text ||= row.body.textContent.toLowerCase());

  const fits = (row) => {
    const act = byId("by-act").value;
    const severity = byId("by-severity").value;
    const sought = byId("search").value.trim().toLowerCase().split(/\s+/);
    return (
      (!chosen.size || chosen.has(row.verdict)) &&
      (!act || row.act === act || row.story === act) &&
      (!severity || row.severity === severity) &&
      sought.every((word) => words(row).includes(word))
    );
  };

  const filter = () => {
    let shown = 0;
    for (const row of rows) {
      row.body.hidden = !fits(row);
      shown += !row.body.hidden;
    }
    for (const chip of all(".chip")) chip.setAttribute("aria-pressed", String(chosen.has(chip.dataset.verdict)));
    byId("shown").textContent = shown === rows.length ? `${shown} checks` : `${shown} of ${rows.length} checks`;
  };

  const choose = (verdict) => {
    chosen.has(verdict) ? chosen.delete(verdict) : chosen.add(verdict);
    filter();
  };

  const only = (verdict) => {
    chosen.clear();
    if (verdict) chosen.add(verdict);
    filter();
  };

  const unhide = (row) => {
    if (!row.body.hidden) return;
    for (const control of ["search", "by-act", "by-severity"]) byId(control).value = "";
    only("");
  };

  // #check-id opens a row, #x12 a call, #checks/fail shows the failed checks.
  const follow = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id.startsWith("checks/")) {
      only(id.slice("checks/".length).replace("-", " "));
      return byId("checks").scrollIntoView();
    }
    const target = id && byId(id);
    if (!target) return undefined;
    const row = rows.find((each) => each.body === target);
    if (row) {
      unhide(row);
      open(row);
    }
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    const inner = target.querySelector(":scope > details");
    if (inner) inner.open = true;
    all(".target").forEach((each) => each.classList.remove("target"));
    target.classList.add("target");
    return target.scrollIntoView({ block: row || inner ? "start" : "nearest" });
  };

  // Where the browser lets nobody at the clipboard, `select` shows what is to be copied by hand.
  const copies = (button, text, select) => {
    const name = button.textContent;
    button.type = "button";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text());
        button.textContent = "Copied";
      } catch {
        select();
        button.textContent = "Selected";
      }
      setTimeout(() => (button.textContent = name), 1500);
    });
    return button;
  };

  const selectAll = (element) => {
    for (let each = element; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    element.scrollIntoView({ block: "nearest" });
    getSelection().selectAllChildren(element);
  };

  const made = (name, className) => {
    const button = document.createElement("button");
    button.className = className;
    button.textContent = name;
    return button;
  };

  const offerCopies = (root) => {
    for (const line of all(".curl", root)) {
      const button = made("Copy", "copy");
      button.setAttribute("aria-label", line.matches(".script") ? "Copy the script" : "Copy the curl line");
      line.before(copies(button, () => line.textContent, () => selectAll(line)));
    }
  };

  // Served without an origin, as `scim-tests ui` does it, the address opens nothing for anybody else.
  const isForAnybody = () => location.protocol === "file:" || self.origin !== "null";

  // A root cause offers a link to its check, and its script where the page has room for it.
  const offerCause = (cause) => {
    const row = rows.find((each) => each.body.id === cause.dataset.check);
    if (!row) return;
    const which = cause.querySelector(".which");
    const address = () => {
      const url = new URL(location.href);
      url.searchParams.delete("sort"); // which pytest-html put there
      url.hash = cause.dataset.check;
      return url.href;
    };
    if (isForAnybody()) which.append(copies(made("Copy link", "offer"), address, () => (location.hash = cause.dataset.check)));
    const script = row.body.querySelector(".script");
    if (!script) return;
    const select = () => {
      unhide(row);
      open(row);
      selectAll(script);
    };
    which.append(copies(made("Copy script", "offer"), () => script.textContent, select));
  };

  const openAll = (button) => {
    const yes = button.textContent === "Open all";
    for (const row of rows) if (!yes || !row.body.hidden) open(row, yes);
    button.textContent = yes ? "Close all" : "Open all";
  };

  const listen = () => {
    for (const row of rows) {
      row.body.querySelector(".collapsible").addEventListener("click", (event) => {
        if (!event.target.closest("a, code") && !getSelection().toString()) open(row, !isOpen(row));
      });
    }
    for (const chip of all(".chip")) chip.addEventListener("click", () => choose(chip.dataset.verdict));
    for (const control of ["search", "by-act", "by-severity"]) byId(control).addEventListener("input", filter);
    byId("open-all").addEventListener("click", ({ target }) => openAll(target));
    document.addEventListener("toggle", ({ target }) => target.open && offerOnce(target), true);
    document.addEventListener("keydown", (event) => {
      if (event.key === "/" && !event.target.closest("input, select, textarea")) {
        event.preventDefault();
        byId("search").focus();
      }
    });
    window.addEventListener("hashchange", follow);
    document.addEventListener("click", ({ target }) => leaveFrame(target.closest("a[href]")));
    window.addEventListener("beforeprint", () => {
      for (const row of rows) if (["fail", "broken"].includes(row.verdict)) open(row);
    });
  };

  // In a frame, what leads to another page opens beside it.
  const leaveFrame = (link) => {
    if (!link || window.parent === window) return;
    if (link.href.split("#")[0] !== location.href.split("#")[0]) Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
  };

  const offerOnce = (details) => {
    if (details.querySelector(":scope > .exchange, :scope > .script") && !details.querySelector(".copy")) offerCopies(details);
  };

  // One landmark around all there is, for those who hear the page.
  const landmark = (...parts) => {
    const main = document.createElement("main");
    document.body.prepend(main);
    main.append(...parts);
  };

  document.addEventListener("DOMContentLoaded", () => {
    const table = byId("results-table");
    landmark(byId("title"), document.querySelector(".summary"), table);
    rows = all("tbody", table).map(read).filter(Boolean);
    if (!rows.length || !byId("search")) return;
    rows.sort((one, other) => (one.rank < other.rank ? -1 : one.rank > other.rank ? 1 : 0));
    for (const row of rows) table.append(row.body);
    listen();
    all(".cause").forEach(offerCause);
    filter();
    follow();
  });
})();
