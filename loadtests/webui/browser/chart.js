// Wrong answers per second by endpoint, by the time at which they came, as stacked bars.

import { clock, count, h, svg } from "./html.js";

const HEIGHT = 220;
const LEFT = 44;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 42;
const BAR = 7; // pixels, the narrowest
const FEWEST = 60; // bars that there is room for, so that those of the first minute stand still
const MOST = 4; // endpoints with a colour of their own
const RIGHT_AT = 0;
const WRONG_AT = 1;

export class Chart {
  constructor() {
    this.picture = svg("svg", { role: "img", height: HEIGHT });
    this.legend = h("ul", { class: "legend" });
    this.slider = h("input", { type: "range", min: "0", "aria-label": "Time in the run" });
    this.told = h("output", {});
    this.frame = h("div", { class: "frame" }, this.picture, this.slider);
    this.node = h("section", { class: "chart" },
      h("h3", {}, "Wrong answers per second, by endpoint"), this.legend, this.frame, this.told);
    this.slider.addEventListener("input", () => this.pick(Number(this.slider.value)));
    this.picture.addEventListener("pointermove", (event) => this.point(event));
    new ResizeObserver(() => this.draw()).observe(this.frame);
    this.picked = null; // the newest
  }

  show(found) {
    this.found = found;
    this.draw();
  }

  draw() {
    const wide = this.frame.clientWidth;
    if (!this.found || !wide) return;
    const room = Math.max(Math.floor((wide - LEFT - RIGHT) / BAR), 1);
    this.data = grouped(this.found, room);
    const { bars, names, width } = this.data;
    this.wide = wide;
    this.step = (wide - LEFT - RIGHT) / Math.max(bars.length, Math.min(room, FEWEST));
    const top = ceiling(Math.max(0, ...bars.map((bar) => sum(bar.wrong) / width)));
    this.picture.setAttribute("width", wide);
    this.picture.setAttribute("viewBox", `0 0 ${wide} ${HEIGHT}`);
    this.picture.setAttribute("aria-label", summary(this.data));
    this.cursor = svg("rect", { class: "cursor", y: TOP, height: HEIGHT - TOP - BOTTOM });
    this.picture.replaceChildren(
      this.cursor, ...this.grid(top), ...this.columns(top), ...this.times());
    this.legend.replaceChildren(
      ...names.map((name, at) =>
        h("li", { class: `c${at}` }, h("i", {}), `${name}: ${count(sumAt(bars, at))}`)),
      h("li", { class: "seen" }, h("i", {}), "answers were checked"));
    this.slider.max = Math.max(bars.length - 1, 0);
    // The sections of the slider lie under the bars.
    this.slider.style.marginLeft = `${LEFT}px`;
    this.slider.style.width = `${Math.max(bars.length * this.step, 12)}px`;
    this.mark();
  }

  y(value, top) {
    return HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
  }

  grid(top) {
    return [0, top / 2, top].flatMap((value) => {
      const y = this.y(value, top);
      return [
        svg("line", { class: "grid", x1: LEFT, x2: this.wide - RIGHT, y1: y, y2: y }),
        svg("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end" }, String(value)),
      ];
    });
  }

  columns(top) {
    const { bars, width } = this.data;
    const gap = this.step > 4 ? 1 : 0;
    return bars.flatMap((bar, index) => {
      const x = LEFT + index * this.step;
      let y = HEIGHT - BOTTOM;
      const parts = bar.wrong.map((wrong, at) => {
        if (!wrong) return null;
        const tall = Math.max((wrong / width / top) * (HEIGHT - TOP - BOTTOM), 2);
        y -= tall;
        return svg("rect", { class: `c${at}`, x, y, width: this.step - gap, height: tall });
      });
      // Where nothing was checked, no wrong answer could be seen either.
      const seen = { class: "seen", x, y: HEIGHT - BOTTOM + 4, width: this.step, height: 4 };
      return [...parts, bar.checked ? svg("rect", seen) : null].filter(Boolean);
    });
  }

  times() {
    const { bars } = this.data;
    const every = Math.max(Math.ceil(90 / this.step), 1);
    return bars
      .map((bar, index) => [bar, index])
      .filter(([, index]) => index % every === 0)
      .map(([bar, index]) =>
        svg("text", { x: LEFT + index * this.step, y: HEIGHT - 16 }, clock(bar.begin)));
  }

  point(event) {
    const x = event.clientX - this.picture.getBoundingClientRect().left - LEFT;
    this.pick(Math.floor(x / this.step));
  }

  pick(index) {
    const { bars } = this.data;
    const at = Math.min(Math.max(index, 0), bars.length - 1);
    // At the newest it stays with the newest.
    this.picked = at === bars.length - 1 ? null : (bars[at]?.begin ?? null);
    this.mark();
  }

  mark() {
    const { bars, names, width } = this.data;
    if (!bars.length) return void (this.told.textContent = "");
    let index = bars.findLastIndex((bar) => bar.begin <= (this.picked ?? Infinity));
    index = Math.max(index, 0);
    const bar = bars[index];
    const span = width === 1 ? "" : ` to ${clock(bar.begin + width)}`;
    const parts = names.filter((_, at) => bar.wrong[at])
      .map((name) => `${name} ${count(bar.wrong[names.indexOf(name)])}`);
    const told = bar.checked
      ? `${count(sum(bar.wrong))} wrong of ${count(bar.checked)} checked`
      : "nothing was checked";
    const text = `${clock(bar.begin)}${span}: ${[told, ...parts].join("; ")}`;
    this.told.textContent = text;
    this.slider.value = index;
    this.slider.setAttribute("aria-valuetext", text);
    this.cursor.setAttribute("x", LEFT + index * this.step);
    this.cursor.setAttribute("width", this.step);
  }
}

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
const sumAt = (bars, at) => sum(bars.map((bar) => bar.wrong[at]));

// A round number whose half is a whole one.
const ceiling = (value) => {
  const least = Math.max(value, 2);
  const unit = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 4, 6, 8, 10].map((times) => times * unit).find((top) => top >= least);
};

// One bar for each `width` seconds, no more than `room` of them. The buckets of an endpoint may be
// wider than those of the whole: all are powers of two and begin at a multiple, so they fit.
const grouped = (found, room) => {
  const wrong = Object.entries(found.endpoints)
    .filter(([, one]) => one.wrong)
    .sort(([, one], [, other]) => other.wrong - one.wrong);
  const begins = Object.keys(found.seconds.buckets).map(Number);
  const names = wrong.slice(0, MOST).map(([name]) => name);
  if (wrong.length > MOST) names.push("others");
  if (!begins.length) return { bars: [], names, width: 1 };
  let width = Math.max(found.seconds.width, ...wrong.map(([, one]) => one.wrong_seconds.width));
  const first = Math.min(...begins);
  const last = Math.max(...begins);
  const number = () => Math.floor(last / width) - Math.floor(first / width) + 1;
  while (number() > room) width *= 2;
  const start = Math.floor(first / width);
  const bars = Array.from({ length: number() }, (_, index) => ({
    begin: (start + index) * width, checked: 0, wrong: names.map(() => 0),
  }));
  const into = (begin) => bars[Math.floor(Number(begin) / width) - start];
  for (const [begin, counts] of Object.entries(found.seconds.buckets)) {
    into(begin).checked += counts[RIGHT_AT] + counts[WRONG_AT];
  }
  wrong.forEach(([, one], at) => {
    for (const [begin, counts] of Object.entries(one.wrong_seconds.buckets)) {
      into(begin).wrong[Math.min(at, MOST)] += counts[WRONG_AT];
    }
  });
  return { bars, names, width };
};

const summary = ({ bars, names }) => {
  if (!bars.length) return "Nothing checked yet.";
  const of = names.map((name, at) => `${count(sumAt(bars, at))} at ${name}`);
  const times = `from ${clock(bars[0].begin)} to ${clock(bars.at(-1).begin)}`;
  return of.length ? `Wrong answers ${times}: ${of.join(", ")}.` : `No wrong answer seen ${times}.`;
};
