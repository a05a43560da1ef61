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
  const tip = document.createElement("p");
  tip.className = "tip";
  tip.hidden = true;
  document.body.append(tip);

  // The mark that a pointer is on, with its words in `data-tells`, so that the browser does not show them a second time.
  const markAt = (target) => {
    for (let mark = target; mark && mark.localName !== "svg"; mark = mark.parentElement) {
      const title = mark.querySelector(":scope > title");
      if (title) {
        mark.dataset.tells = title.textContent;
        title.remove();
      }
      if (mark.dataset.tells) return mark;
    }
    return null;
  };

  const show = (event) => {
    const picture = event.target.closest?.("figure.chart svg");
    if (picture?.hasAttribute("aria-label")) picture.querySelector(":scope > title")?.remove();
    const mark = picture && markAt(event.target);
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tells;
    const right = document.documentElement.clientWidth - tip.offsetWidth - 8, below = event.clientY + 16;
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 12, right))}px`;
    tip.style.top = `${below + tip.offsetHeight > window.innerHeight ? Math.max(8, event.clientY - tip.offsetHeight - 12) : below}px`;
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("scroll", () => { tip.hidden = true; }, true);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });
})();
