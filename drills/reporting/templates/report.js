"use strict";
(() => {
  const closest = 50; // a view is at least so small a part of what a chart shows
  const steps = [.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400];
  const units = [["hours", "h", 3600], ["minutes", "min", 60], ["seconds", "s", 1]];
  const make = (name, attributes) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  const digits = (value, most) => String(Number(value.toFixed(most)));

  const charts = [...document.querySelectorAll(".pictures svg.chart")].map((svg, number) => {
    const [low, high, left, right] = svg.dataset.axis.split(" ").map(Number);
    return { svg, number, low, high, left, right, font: Number(svg.getAttribute("font-size")), whole: null };
  });
  if (!charts.length) return;
  const low = Math.min(...charts.map((chart) => chart.low)), high = Math.max(...charts.map((chart) => chart.high));
  const least = Math.min(...charts.map((chart) => chart.high - chart.low)) / closest;
  let view = null; // from when to when is shown, in seconds; null for all there is

  const shown = (chart) => {
    if (!view) return [chart.low, chart.high];
    const from = Math.max(view[0], chart.low), to = Math.min(view[1], chart.high);
    return to - from >= least / 2 ? [from, to] : [chart.low, chart.high];
  };

  // What is drawn is moved, never drawn anew: each bar keeps its height, so no failure can go.
  const draw = (chart) => {
    const { svg, left, right, font } = chart;
    chart.whole ??= [...svg.childNodes];
    svg.replaceChildren(...chart.whole.map((node) => node.cloneNode(true)));
    const [from, to] = shown(chart);
    if (from === chart.low && to === chart.high) return;
    const times = (chart.high - chart.low) / (to - from), at = (seconds) => left + (seconds - from) / (to - from) * (right - left);
    const moved = (x) => at(chart.low + (x - left) / (right - left) * (chart.high - chart.low));
    const px = (x) => digits(clamp(x, -1e5, 1e5), 2);
    const path = (kinds, change) => { for (const one of svg.querySelectorAll(kinds)) one.setAttribute("d", change(one.getAttribute("d"), one)); };
    // Which of a lane's bars it is that a place in the whole picture lies in, and where that is now.
    const bar = (one, x, share) => {
      const [first, each] = one.dataset.bars.split(" ").map(Number), seconds = chart.low + (x - left) / (right - left) * (chart.high - chart.low);
      const begin = at(first + Math.round((seconds - first) / each - share) * each), wide = each / (to - from) * (right - left);
      return [begin + share * wide, begin + wide - (wide > 4 ? 1 : .3)];
    };
    path(".bar, .outage, .degraded, .hint", (d, one) => d.replace(/M(\S+) (\S+?)h([\d.]+)(v[\d.]+)h-[\d.]+z/g, (_, x, y, width, down) => {
      const ends = one.dataset.bars ? bar(one, Number(x), 0) : [moved(Number(x)), moved(Number(x) + Number(width))];
      const [begin, end] = ends.map((each) => clamp(each, left - 9, right + 9));
      return end > begin ? `M${px(begin)} ${y}h${px(end - begin)}${down}h${px(begin - end)}z` : "";
    }));
    path(".worst", (d, one) => d.replace(/M([-\d.]+)/g, (_, x) => `M${px(bar(one, Number(x) + 1.2, .5)[0] - 1.2)}`));
    path(".median", (d, one) => d.replace(/([ML])([-\d.]+)/g, (_, kind, x) => kind + px(bar(one, Number(x), .5)[0])));
    for (const one of svg.querySelectorAll("rect.window, rect.doubt")) {
      const begin = moved(Number(one.getAttribute("x")));
      one.setAttribute("width", Math.min(Number(one.getAttribute("width")) * times, 1e5));
      one.setAttribute("x", px(begin));
    }
    const clip = make("clipPath", { id: `zoom-${chart.number}` });
    clip.append(make("rect", { x: left, y: 0, width: right - left, height: svg.viewBox.baseVal.height }));
    for (const one of svg.querySelectorAll(".bar, .outage, .degraded, .hint, .worst, .median, .window, .doubt")) one.setAttribute("clip-path", `url(#zoom-${chart.number})`);
    svg.append(clip);
    strips(chart, from, to, at);
    marks(chart, from, to, at);
    axis(chart, from, to, at);
  };

  const width = (text, font) => [...text].reduce((sum, one) => sum + (one > "\u1100" ? 1.05 : .6), 0) * font;

  const strips = ({ svg, left, right, font }, from, to, at) => {
    for (const one of svg.querySelectorAll("rect.strip")) {
      const begin = clamp(at(Number(one.dataset.from)), left, right), end = clamp(at(Number(one.dataset.to)), left, right);
      const name = one.nextElementSibling, gone = Number(one.dataset.to) < from || Number(one.dataset.from) > to;
      one.setAttribute("x", begin);
      one.setAttribute("width", Math.max(end - begin, 2));
      name.setAttribute("x", Math.max(Math.min(begin + 5, right - width(name.textContent, font)), left));
      for (const each of [one, name]) each.classList.toggle("gone", gone);
    }
  };

  // Labels go to the first row in which they are clear of those that are placed, as in the picture.
  const marks = ({ svg, left, right, font }, from, to, at) => {
    const rows = [...new Set([...svg.querySelectorAll(".mark-name")].map((one) => Number(one.getAttribute("y"))))].sort((a, b) => a - b);
    const lines = [...svg.querySelectorAll("path.mark")], placed = [];
    [...svg.querySelectorAll(".mark-name")].forEach((name, number) => {
      const seconds = Number(name.dataset.at), x = at(seconds), line = lines[number], room = width(name.textContent, font) + 5;
      const gone = seconds < from || seconds > to;
      for (const each of [name, line]) each.classList.toggle("gone", gone);
      if (gone) return;
      const flipped = x + room > right && x > right - x;
      const [begin, end] = flipped ? [x - room, x] : [x, x + room];
      const clear = (row) => placed.every((old) => (old.row !== row || end + 5 <= old.begin || old.end + 5 <= begin)
        && !(old.row > row && old.begin < x && x < old.end) && !(old.row < row && begin < old.x && old.x < end));
      const row = rows.find(clear) ?? Number(name.getAttribute("y"));
      placed.push({ row, begin, end, x });
      name.setAttribute("x", x + (flipped ? -4 : 4));
      name.setAttribute("y", row);
      name.setAttribute("text-anchor", flipped ? "end" : "start");
      line.setAttribute("d", line.getAttribute("d").replace(/M[-\d.]+ [-\d.]+/, `M${digits(x, 2)} ${row - font + 2}`).replace(/M[-\d.]+/g, `M${digits(x, 2)}`));
    });
  };

  const axis = ({ svg, right, font }, from, to, at) => {
    const place = svg.querySelector(".ticks"), apart = font * 5, shape = place.querySelector("path")?.getAttribute("d").match(/ (\S+)v5/);
    const base = svg.querySelector(".ticks").previousElementSibling.getAttribute("d").match(/M\S+ ([\d.]+)/)[1];
    const step = steps.find((one) => at(one) - at(0) >= apart) ?? 2 ** Math.ceil(Math.log2((to - from) / 5 / 86400)) * 86400;
    const ticks = [];
    for (let number = Math.ceil(from / step - 1e-9); number <= to / step + 1e-9; number++) ticks.push(Number((number * step).toFixed(6)));
    const others = ticks.filter(Boolean), [word, short, each] = units.find(([, , size]) => size === 1 || (others.length && others.every((one) => one % size === 0)));
    const bottom = Number(shape?.[1] ?? base);
    place.replaceChildren(...ticks.flatMap((tick) => {
      const x = digits(at(tick), 2), label = make("text", { class: "axis", x, y: bottom + font + 6, "text-anchor": at(tick) > right - 20 ? "end" : "middle" });
      label.textContent = tick ? `${tick < 0 ? "\u2212" : ""}${digits(Math.abs(tick) / each, 6)} ${short}` : "0";
      return [make("path", { class: "tick", d: `M${x} ${bottom}v5` }), label];
    }));
    const since = svg.querySelector(".since");
    since.textContent = since.textContent.replace(/^\w+/, word);
  };

  const moment = (seconds, span) => {
    const sign = seconds < 0 ? "\u2212" : "+", size = Math.abs(seconds);
    if (size < 120) return `${sign}${digits(size, span < 20 ? 2 : 1)} s`;
    const whole = Math.round(size), parts = [[Math.floor(whole / 3600), "h"], [Math.floor(whole / 60) % 60, "min"], [whole % 60, "s"]];
    return sign + parts.filter(([count]) => count).map(([count, unit]) => `${count} ${unit}`).join(" ");
  };

  const places = [...document.querySelectorAll(".pictures")].map((place, number) => {
    const own = charts.filter(({ svg }) => place.contains(svg)), bar = document.createElement("div");
    bar.className = "zoom";
    const buttons = [["Zoom in", () => closer(.5)], ["Zoom out", () => closer(2)], ["Earlier", () => along(-.5)], ["Later", () => along(.5)], ["Whole drill", () => show(null)]].map(([name, press]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", () => { if (button.getAttribute("aria-disabled") !== "true") press(); });
      return button;
    });
    const told = document.createElement("p");
    if (number === 0) told.setAttribute("role", "status");
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", `Zoom: ${place.dataset.name}`);
    bar.append(...buttons, told);
    place.before(bar);
    place.tabIndex = 0;
    place.setAttribute("role", "group");
    place.setAttribute("aria-label", `${place.dataset.name}. Plus and minus zoom, arrows move along, Escape shows the whole drill.`);
    place.addEventListener("keydown", key);
    for (const chart of own) drag(chart, place);
    return { own, buttons, told };
  });

  function show(wanted, kept = true) {
    view = wanted && fitted(wanted);
    charts.forEach(draw);
    for (const { own, buttons, told } of places) {
      const [chart] = own, [from, to] = shown(chart), all = from === chart.low && to === chart.high;
      const off = [view && view[1] - view[0] <= least * 1.001, !view, !view || view[0] <= low, !view || view[1] >= high, !view];
      buttons.forEach((button, index) => button.setAttribute("aria-disabled", String(Boolean(off[index]))));
      const span = `${moment(from, to - from)} to ${moment(to, to - from)}`;
      told.textContent = !view ? "Drag over a span to see it closer; the table keeps every count."
        : all ? `All of it is shown, ${span}: the span that was chosen is none of it, or all.` : `Shown: ${span}. A double click or Escape goes back.`;
    }
    if (!kept) return;
    const hash = view ? "#zoom=" + view.map((one) => digits(one, 3)).join(",") : "";
    if (view || location.hash.startsWith("#zoom=")) history.replaceState(null, "", location.pathname + location.search + hash);
  }

  function fitted([from, to]) {
    const span = clamp(to - from, least, high - low), begin = clamp(to - from < least ? (from + to - span) / 2 : from, low, high - span);
    return span >= (high - low) * .999 ? null : [begin, begin + span];
  }

  function closer(by) {
    const [from, to] = view ?? [low, high], middle = (from + to) / 2, half = (to - from) / 2 * by;
    show([middle - half, middle + half]);
  }

  function along(by) {
    if (view) show(view.map((one) => one + by * (view[1] - view[0])));
  }

  function key(event) {
    const keys = { "+": () => closer(.5), "=": () => closer(.5), "-": () => closer(2), Escape: () => show(null), ArrowLeft: () => along(-.25), ArrowRight: () => along(.25) };
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in keys) || (!view && event.key.length > 1)) return;
    event.preventDefault();
    keys[event.key]();
  }

  function drag(chart, place) {
    const { svg, left, right } = chart;
    let begun = null, pick = null;
    const x = (event) => {
      const box = svg.getBoundingClientRect();
      return clamp((event.clientX - box.left) / box.width * svg.viewBox.baseVal.width, left, right);
    };
    const end = () => { pick?.remove(); begun = pick = null; };
    svg.addEventListener("mousedown", (event) => { if (event.button === 0) event.preventDefault(); }); // no text is chosen
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !event.isPrimary) return;
      place.focus({ preventScroll: true });
      svg.setPointerCapture(event.pointerId);
      begun = { x: x(event), client: event.clientX };
    });
    svg.addEventListener("pointermove", (event) => {
      if (!begun) return;
      if (!pick && Math.abs(event.clientX - begun.client) < 6) return;
      if (!pick) svg.append(pick = make("rect", { class: "pick", y: 0, height: svg.viewBox.baseVal.height }));
      pick.setAttribute("x", Math.min(begun.x, x(event)));
      pick.setAttribute("width", Math.abs(x(event) - begun.x));
    });
    svg.addEventListener("pointerup", (event) => {
      const chosen = begun && pick && [begun.x, x(event)].sort((a, b) => a - b);
      end();
      if (!chosen || chosen[1] - chosen[0] < 2) return;
      const [from, to] = shown(chart);
      show(chosen.map((one) => from + (one - left) / (right - left) * (to - from)));
    });
    svg.addEventListener("pointercancel", end);
    svg.addEventListener("dblclick", () => show(null));
    place.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  }

  const follow = () => {
    const asked = location.hash.match(/^#zoom=(-?[\d.]+),(-?[\d.]+)$/)?.slice(1).map(Number);
    if (asked?.every(Number.isFinite) && asked[0] < asked[1]) {
      show(asked);
      document.getElementById("chart").scrollIntoView();
    } else if (location.hash.startsWith("#zoom=") || (location.hash === "" && view)) show(null);
  };
  let printed = null;
  addEventListener("beforeprint", () => { printed = view; if (view) show(null, false); });
  addEventListener("afterprint", () => { if (printed) show(printed, false); });
  addEventListener("hashchange", follow);
  show(null, false);
  follow();
})();
