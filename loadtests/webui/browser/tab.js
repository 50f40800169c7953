// The Correctness tab: a custom element that Locust's page mounts like one of its own components.
// Loaded before Locust's script. The page comes with a stock table for this tab; only when
// everything here is defined does the tab get its element, and if that is not shown after all, the
// page is loaded once more and keeps the table.

import { Chart } from "./chart.js";
import { Findings } from "./findings.js";
import { count, h, percent, rate } from "./html.js";
import { watchStarts } from "./start.js";
import { STYLE } from "./style.js";

const KEY = "correctness";
const TAG = "correctness-tab";
const POLL_MS = 2000; // as Locust does
const STALE_MS = 8000;
const WATCH_MS = 500;
const LOST_AFTER = 4; // looks in a row at a selected tab without its element

const TILES = [
  ["checked", "Answers checked"],
  ["right", "Right"],
  ["wrong", "Wrong"],
  ["leaked", "Of another request"],
  ["unexplained", "Unexplained"],
  ["repeated", "Repeated a unique value"],
  ["errors", "HTTP errors"],
  ["in_company", "Sent while others were under way"],
  ["upper_bound", "Rate of wrong answers, 95 % sure to be below"],
];

const COLUMNS = [
  ["Endpoint", (one, name) => name],
  ["Sent", (one) => count(one.sent)],
  ["Checked", (one) => count(one.checked)],
  ["Right", (one) => count(one.right)],
  ["Wrong", (one) => count(one.wrong)],
  ["Of another request", (one) => count(one.leaked)],
  ["Unexplained", (one) => count(one.unexplained)],
  ["Repeated", (one) => count(one.repeated)],
  ["HTTP errors", (one) => count(one.errors)],
  ["Most under way together", (one) => Object.keys(one.together).at(-1) ?? "-"],
  ["Sent in company", (one) => percent(one.in_company)],
  ["Rate below (95 %)", (one) => rate(one.upper_bound)],
];

const fetched = async () => {
  const response = await fetch(new URL("snapshot", import.meta.url));
  const isData = response.headers.get("content-type")?.startsWith("application/json");
  if (!response.ok || !isData) throw new Error(`status ${response.status}`);
  return response.json();
};

class CorrectnessTab extends HTMLElement {
  static shown = false;

  connectedCallback() {
    CorrectnessTab.shown = true;
    if (!this.shadowRoot) this.build();
    this.timer = setInterval(() => this.refresh(), POLL_MS);
    this.refresh();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  build() {
    this.headline = h("h2", {}, "Asking Locust …");
    this.verdict = h("p", { class: "spoken", role: "status" });
    this.sure = h("p", { class: "sure" });
    this.alerts = h("div", { role: "alert", class: "alerts" });
    this.tiles = h("dl", { class: "tiles", hidden: "" });
    this.chart = new Chart();
    this.table = h("div", { class: "scroll", tabindex: "0", role: "region",
      "aria-label": "Answers by endpoint" });
    this.findings = new Findings();
    this.notes = h("ul", {});
    this.rest = h("div", { hidden: "" },
      this.chart.node,
      h("section", {}, h("h3", {}, "By endpoint"), this.table),
      this.findings.node,
      h("section", {}, h("h3", {}, "What this does not say"), this.notes));
    this.age = h("span", { class: "age" });
    const href = new URL("snapshot.ndjson", import.meta.url);
    this.attachShadow({ mode: "open" }).append(
      h("style", {}, STYLE),
      h("article", { "aria-label": "Correctness" },
        h("header", {},
          h("div", {}, this.headline, this.sure, this.verdict),
          h("p", { class: "side" }, this.age, h("a", { href, download: "" }, "Download NDJSON"))),
        this.alerts, this.tiles, this.rest));
  }

  async refresh() {
    if (this.asking) return;
    this.asking = true;
    try {
      this.show(await fetched());
      this.last = Date.now();
    } catch (error) {
      // The numbers stay; whoever looks must know that they are old ones.
      const since = this.last ? Date.now() - this.last : Infinity;
      if (since > STALE_MS) this.alert([`No numbers from Locust (${error.message}).`]);
    } finally {
      this.asking = false;
    }
  }

  show(found) {
    const sent = "sent" in found;
    const tone = found.wrong ? "wrong" : found.checked ? "quiet" : "none";
    this.headline.className = tone;
    this.headline.textContent = found.headline;
    // Spoken when the kind of news changes, not with every number.
    const news = { wrong: "Wrong answers were found.", quiet: "No wrong answer seen so far.",
      none: "Nothing checked yet." }[tone];
    if (this.verdict.textContent !== news) this.verdict.textContent = news;
    this.sure.textContent = found.checked
      ? `${found.confidence} ${found.wrong ? "" : "That none was seen is no proof."}`
      : "Without checked answers this tab says nothing of the service.";
    this.alert(found.problems);
    this.age.textContent = sent ? (found.running ? "running" : "ended") : "not started";
    this.age.classList.toggle("running", found.running);
    this.tiles.hidden = this.rest.hidden = !sent;
    if (!sent) return;
    this.tiles.replaceChildren(...TILES.map(([key, title]) => this.tile(found, key, title)));
    this.chart.show(found);
    this.table.replaceChildren(this.tableOf(found.endpoints));
    this.findings.show(found.findings, found.wrong + found.crashed);
    this.notes.replaceChildren(...found.notes.map((note) => h("li", {}, note)));
  }

  alert(texts) {
    if (this.alerts.dataset.said === texts.join("\n")) return;
    this.alerts.dataset.said = texts.join("\n");
    this.alerts.replaceChildren(...texts.map((text) => h("p", {}, text)));
  }

  tile(found, key, title) {
    const value = key === "repeated" ? found.repeated + found.repeated_between_processes : found[key];
    const shown = key === "upper_bound" ? rate(value) : key === "in_company" ? percent(value)
      : count(value);
    const bad = value > 0 && ["wrong", "leaked", "unexplained", "repeated"].includes(key);
    const tone = bad ? "wrong" : value > 0 && key === "errors" ? "errors" : "";
    return h("div", { class: tone, "data-key": key }, h("dt", {}, title), h("dd", {}, shown));
  }

  tableOf(endpoints) {
    const head = COLUMNS.map(([title]) => h("th", { scope: "col" }, title));
    const body = Object.entries(endpoints).map(([name, one]) => {
      const cells = COLUMNS.map(([, value], index) =>
        index ? h("td", {}, value(one, name)) : h("th", { scope: "row" }, name));
      return h("tr", one.wrong ? { class: "bad" } : {}, ...cells);
    });
    return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...body));
  }
}

// Where the element failed to appear once in this version of Locust, the table is kept.
const kept = `${KEY}-table-${window.templateArgs?.version}`;

const begin = () => {
  const tab = window.templateArgs?.extended_tabs?.find(({ key }) => key === KEY);
  if (!tab || sessionStorage.getItem(kept)) return;
  customElements.define(TAG, CorrectnessTab);
  tab.component = TAG;
  let lost = 0;
  const timer = setInterval(() => {
    if (CorrectnessTab.shown) return clearInterval(timer);
    lost = selected(tab.title) ? lost + 1 : 0;
    if (lost < LOST_AFTER) return;
    sessionStorage.setItem(kept, "1");
    location.reload();
  }, WATCH_MS);
};

// Is our tab the one to be shown, by its tab or, when the page has come down, by the address?
const selected = (title) => {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  if (tabs.length) return tabs.some((tab) => tab.ariaSelected === "true" && tab.textContent === title);
  const asked = new URL(location).searchParams.get("tab") === KEY;
  return asked && document.querySelector("#root > [role=alert]") !== null;
};

begin();
watchStarts();
