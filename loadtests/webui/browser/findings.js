// The latest wrong answers: who got whose, when the two were under way, and from which process.

import { clockMs, count, h, svg } from "./html.js";

const KINDS = {
  leaked: "of another request",
  unexplained: "unexplained",
  repeated: "repeated",
  crashed: "could not be judged",
};

export class Findings {
  constructor() {
    this.note = h("p", { class: "note" });
    this.list = h("ol", { class: "findings" });
    this.node = h("section", {}, h("h3", {}, "Latest wrong answers"), this.note, this.list);
    this.known = new Map(); // entries by what they show, not to be made anew
  }

  show(items, all) {
    this.note.textContent = items.length
      ? `${count(items.length)} of ${count(all)}, the latest first. Open one to compare the answers; ` +
        "the list stands still meanwhile."
      : "None seen so far.";
    // Nothing is taken away from somebody who is about to read it.
    if (this.list.matches(":hover, :focus-within, :has(details[open])")) return;
    const fresh = new Map();
    for (const item of items) {
      const key = `${item.sender} ${item.number} ${item.time}`;
      fresh.set(key, this.known.get(key) ?? entry(item));
    }
    const same = [...fresh.keys()].join() === [...this.known.keys()].join();
    this.known = fresh;
    if (!same) this.list.replaceChildren(...fresh.values());
  }
}

const entry = (item) =>
  h("li", {},
    h("details", {},
      h("summary", {},
        h("time", {}, clockMs(item.time)), h("b", { class: item.kind }, KINDS[item.kind]),
        h("span", { class: "who" }, item.text),
        h("span", { class: "process" }, `process ${item.sender}`)),
      item.owner ? lanes(item) : null,
      h("dl", { class: "answers" },
        h("dt", {}, "expected"), h("dd", {}, h("pre", {}, item.expected)),
        h("dt", {}, "got"), h("dd", {}, h("pre", {}, item.got))),
      h("p", { class: "note" }, `${item.endpoint}, sent by process ${item.sender} of Locust`)));

const WIDE = 600;

// When the two requests were under way, on one scale.
const lanes = (item) => {
  const { owner } = item;
  const ended = owner.time ?? item.time;
  const first = Math.min(item.sent, owner.sent);
  const scale = WIDE / Math.max(Math.max(item.time, ended) - first, 1e-6);
  const lane = (y, kind, name, sent, landed) => [
    svg("text", { x: 0, y: y + 11 }, `${name}: ${((landed - sent) * 1000).toFixed(1)} ms`),
    svg("rect", { class: "lane", x: 0, y: y + 16, width: WIDE, height: 10 }),
    svg("rect", { class: kind, x: (sent - first) * scale, y: y + 16,
      width: Math.max((landed - sent) * scale, 2), height: 10 }),
  ];
  return svg("svg", { class: "lanes", role: "img", viewBox: `0 0 ${WIDE} 72`,
    "aria-label": "When the two requests were under way" },
    ...lane(0, "owner", `request ${owner.number} ("${owner.request}"), whose answer it is`,
      owner.sent, ended),
    ...lane(36, "victim", `request ${item.number} ("${item.request}"), which got it`,
      item.sent, item.time));
};
