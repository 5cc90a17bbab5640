"use strict";
(() => {
  const form = document.getElementById("search"), input = document.getElementById("query");
  const found = document.getElementById("found"), most = 500;
  const months = [...document.querySelectorAll("#drills details")].map((place) => ({ place, open: place.open }));
  const columns = { when: 0, scenario: 1, verdict: 2, score: 3, severity: 6, incident: 7, fault: 8 };
  let rows = null;

  const read = () => rows ??= months.flatMap((month) => [...month.place.querySelectorAll("tbody tr")].map((line) => {
    const cells = [...line.cells].map((cell) => cell.textContent.trim().toLowerCase());
    const first = line.cells[0].firstElementChild;
    const id = (first.title || (first.getAttribute("href").match(/-(\w+)\/report\.html$/) ?? ["", ""])[1]).toLowerCase();
    return { line, month, cells, id, all: cells.join(" ") + " " + id };
  }));

  const terms = (text) => [...text.matchAll(/(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S+))/gi)].map((match) => {
    const key = (match[2] ?? "").toLowerCase(), known = key in columns || ["", "id", "since", "before"].includes(key);
    const value = (match[3] ?? match[4] ?? "").toLowerCase();
    return { without: match[1] === "-", key: known ? key : "", value: known ? value : `${key}:${value}` };
  }).filter((term) => term.value !== "");

  const holds = (row, { key, value }) => {
    if (key === "") return row.all.includes(value);
    if (key === "id") return row.id.startsWith(value);
    if (key === "since") return row.cells[0] >= value;
    if (key === "before") return row.cells[0] < value;
    if (key === "verdict") return row.cells[2].replace(" ", "-").startsWith(value.replace(" ", "-"));
    if (key === "severity") return row.cells[6] === value;
    return row.cells[columns[key]].includes(value);
  };

  const search = () => {
    const asked = terms(input.value);
    let count = 0;
    for (const month of months) month.hits = 0;
    if (asked.length || rows) for (const row of read()) {
      const hit = asked.every((term) => holds(row, term) !== term.without);
      row.line.hidden = !hit;
      row.month.hits += hit;
      count += hit;
    }
    let shown = 0;
    for (const month of months) {
      month.place.hidden = asked.length > 0 && month.hits === 0;
      month.place.open = asked.length ? month.hits > 0 && (shown === 0 || shown + month.hits <= most) : month.open;
      shown += month.hits;
    }
    found.textContent = asked.length ? `${count.toLocaleString("en")} of ${read().length.toLocaleString("en")} drills` : "";
    for (const chip of document.querySelectorAll("button.chip")) chip.setAttribute("aria-pressed", String(input.value.split(" ").includes(chip.dataset.query)));
    const place = location.pathname + location.search + (asked.length ? "#q=" + encodeURIComponent(input.value) : "");
    if (asked.length || location.hash.startsWith("#q=")) history.replaceState(null, "", place);
  };

  const follow = () => {
    if (!location.hash.startsWith("#q=")) return;
    try { input.value = decodeURIComponent(location.hash.slice(3)); } catch { return; }
    search();
  };

  for (const chip of document.querySelectorAll(".chip[data-query]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = chip.className;
    button.dataset.query = chip.dataset.query;
    button.setAttribute("aria-pressed", "false");
    button.append(...chip.childNodes);
    button.addEventListener("click", () => {
      const words = input.value.split(" ").filter(Boolean), query = button.dataset.query;
      input.value = (words.includes(query) ? words.filter((word) => word !== query) : [...words, query]).join(" ");
      search();
    });
    chip.replaceWith(button);
  }
  let waiting = 0;
  input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(search, 120); });
  form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
  addEventListener("hashchange", follow);
  form.hidden = false;
  follow();
})();
