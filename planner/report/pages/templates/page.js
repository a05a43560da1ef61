// Sorts and filters the tables of a page, and shows what the marks of its pictures tell. Without it tables can be read as they stand, and
// the browser shows what a mark tells after a while, to who has a mouse.
"use strict";
(() => {
  const MANY = 12; // rows from which on a table can be filtered
  const spoken = (cell) => cell.textContent.trim();
  const order = (cell) => (cell.dataset.order === undefined ? null : Number(cell.dataset.order));

  // Figures by size, texts by the alphabet, their numbers by size; cells without a figure come last, either way.
  const compare = (one, other, sign) => {
    const [a, b] = [order(one), order(other)];
    if (a !== null && b !== null) return sign * (a - b);
    if (a !== null || b !== null) return a === null ? 1 : -1;
    return sign * spoken(one).localeCompare(spoken(other), "en", { numeric: true });
  };

  const sort = (table, place, heading) => {
    const down = heading.getAttribute("aria-sort") === "descending" || heading.getAttribute("aria-sort") === null
      && !heading.classList.contains("n");
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((one, other) => compare(one.cells[place], other.cells[place], down ? 1 : -1));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "ascending" : "descending");
    body.append(...rows);
  };

  const sortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((heading, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, place, heading));
      heading.append(button);
    });
  };

  const filterable = (region, table) => {
    const rows = [...table.tBodies[0].rows];
    const label = document.createElement("label");
    const field = document.createElement("input");
    const count = document.createElement("span");
    field.type = "search";
    count.setAttribute("role", "status");
    label.append(`Filter these ${rows.length} rows `, field);
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
      const left = rows.filter((row) => !row.hidden).length;
      count.textContent = words.length ? ` ${left} of ${rows.length}` : "";
    });
    const line = document.createElement("p");
    line.className = "rows-filter on-screen";
    line.append(label, count);
    region.before(line);
  };

  for (const region of document.querySelectorAll("div.table")) {
    const table = region.querySelector("table");
    if (table.tBodies[0].rows.length > 1) sortable(table);
    if (table.tBodies[0].rows.length > MANY) filterable(region, table);
  }
})();

(() => {
  const FIRST_WORDS = "Arrow keys go from mark to mark.";
  const tip = document.createElement("p"), said = document.createElement("p");
  tip.className = "tip";
  tip.hidden = true;
  said.className = "unseen";
  said.setAttribute("role", "status");
  document.body.append(tip, said);
  let here = null; // the mark to which keys have gone

  // A mark keeps its words in `data-tells`, so that the browser does not show them a second time.
  const keep = (title) => {
    title.parentElement.dataset.tells = title.textContent;
    title.remove();
  };

  // The mark that a pointer is on.
  const markAt = (target) => {
    for (let mark = target; mark && mark.localName !== "svg"; mark = mark.parentElement) {
      const title = mark.querySelector(":scope > title");
      if (title) keep(title);
      if (mark.dataset.tells) return mark;
    }
    return null;
  };

  const marksOf = (figure) => {
    figure.querySelectorAll("svg :not(svg) > title").forEach(keep);
    return [...figure.querySelectorAll("svg [data-tells]")];
  };

  const tell = (words, x, above, below) => {
    tip.hidden = !words;
    if (!words) return;
    tip.textContent = words;
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(x + 12, right))}px`;
    tip.style.top = `${below + tip.offsetHeight > window.innerHeight ? Math.max(8, above - tip.offsetHeight) : below}px`;
  };

  const tellOf = (mark) => {
    const box = mark.getBoundingClientRect();
    tell(mark.dataset.tells, box.right, box.top - 8, box.bottom + 8);
  };

  const leave = () => {
    here?.classList.remove("here");
    here = null;
    tip.hidden = true;
  };

  const show = (event) => {
    const picture = event.target.closest?.("figure.chart svg");
    if (picture?.hasAttribute("aria-label")) picture.querySelector(":scope > title")?.remove();
    const mark = picture && markAt(event.target);
    if (mark) leave();
    if (mark || !here) tell(mark?.dataset.tells, event.clientX, event.clientY - 12, event.clientY + 16);
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("scroll", () => { if (here) tellOf(here); else tip.hidden = true; }, true);

  // Who has no pointer goes from mark to mark with the arrow keys, once the picture has the focus.
  document.addEventListener("focusin", (event) => {
    leave();
    const figure = event.target;
    if (!figure.matches("figure.chart:focus-visible") || !marksOf(figure).length) return;
    const box = figure.getBoundingClientRect(), then = figure.closest("[data-enter]")?.dataset.enter ?? "";
    tell(`${FIRST_WORDS} ${then}`.trim(), box.left, box.top - 8, Math.max(8, box.top + 8));
    said.textContent = tip.textContent;
  });
  document.addEventListener("focusout", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    const figure = event.target;
    if (!figure.matches?.("figure.chart") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") here?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    const marks = marksOf(figure), place = marks.indexOf(here), last = marks.length - 1;
    const next = { ArrowRight: Math.min(place + 1, last), ArrowLeft: Math.max(place - 1, 0), Home: 0, End: last }[event.key];
    if (next === undefined || last < 0) return;
    event.preventDefault();
    leave();
    here = marks[next];
    here.classList.add("here");
    here.scrollIntoView({ block: "nearest", inline: "nearest" });
    tellOf(here);
    said.textContent = here.dataset.tells;
  });
})();
