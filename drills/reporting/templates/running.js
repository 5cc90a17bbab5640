"use strict";
(() => {
  const state = document.getElementById("renewing");
  const every = 1000, patience = 5;
  let number = state.dataset.number, failures = 0;

  const key = (each) => [each.closest("[id]")?.id ?? "", each.querySelector("summary").textContent].join("|");
  const folds = (page) => [...page.querySelectorAll("details")];
  const named = (page, each) => each?.matches("a[href]") ? [...page.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === each.getAttribute("href")) : null;

  const show = (text) => {
    const made = new DOMParser().parseFromString(text, "text/html");
    const before = document.querySelector(".page"), after = made.querySelector(".page");
    const open = new Set(folds(before).filter((each) => each.open).map(key));
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    for (const each of folds(after)) each.open = open.has(key(each));
    const place = [scrollX, scrollY], next = focused && named(after, focused);
    before.replaceWith(after);
    scrollTo({ left: place[0], top: place[1], behavior: "instant" });
    next?.focus({ preventScroll: true });
    document.title = made.title;
    number = made.getElementById("renewing").dataset.number;
  };

  const reading = () => !getSelection().isCollapsed || document.hidden;

  const ask = async () => {
    const answer = await fetch(reading() ? "now" : `now?after=${number}`, { cache: "no-store" });
    failures = 0;
    state.textContent = "";
    if (answer.status === 205) return location.reload();
    if (answer.status === 200) show(await answer.text());
    setTimeout(ask_again, every);
  };
  const ask_again = () => ask().catch(() => {
    failures += 1;
    if (failures >= patience) state.textContent = "This page is not renewed any more: who served it has ended. The report lies in the drill's folder once the drill is over.";
    if (failures < 2 * patience) setTimeout(ask_again, every);
  });
  setTimeout(ask_again, every);
})();
