"use strict";

// Dark or light: as the system has it until the button says otherwise.
const theme = document.querySelector(".theme");
const system = matchMedia("(prefers-color-scheme: dark)");

function showTheme() {
  const dark = (document.documentElement.dataset.theme || (system.matches ? "dark" : "light")) === "dark";
  theme.setAttribute("aria-pressed", String(dark));
}

theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = theme.getAttribute("aria-pressed") === "true" ? "light" : "dark";
  showTheme();
});
system.addEventListener("change", showTheme);
theme.hidden = false;
showTheme();

// A player walks over the rows of its table: what it shows is what stands there.
class Player {
  constructor(root) {
    this.root = root;
    this.player = root.querySelector(".player");
    this.stage = root.querySelector(".stage");
    this.rows = [...root.querySelectorAll("tr.step")];
    this.touches = this.rows.map((row) => [...row.querySelectorAll(".touch")].map((one) => one.dataset));
    this.actors = [...root.querySelectorAll(".actor")];
    this.objects = [...root.querySelectorAll(".object")];
    this.names = this.actors.map((actor) => actor.querySelector("b").textContent);
    this.stuck = root.dataset.stuck === "yes";
    this.range = root.querySelector("input");
    this.range.max = this.rows.length;
    this.at = 0;
    this.jumpTo = root.dataset.jump === "" ? null : Number(root.dataset.jump);
    this.button(".first", () => this.go(0));
    this.button(".back", () => this.go(this.at - 1));
    this.button(".next", () => this.go(this.at + 1));
    this.button(".last", () => this.go(this.rows.length - 1));
    this.button(".jump", () => this.jump());
    this.range.addEventListener("input", () => this.go(Number(this.range.value) - 1));
    this.rows.forEach((row, index) => row.addEventListener("click", () => this.go(index)));
    this.player.hidden = false;
    root.classList.add("live");
    this.go(0, false);
  }

  button(name, act) {
    this.player.querySelector(name).addEventListener("click", act);
  }

  jump() {
    if (this.jumpTo !== null) this.go(this.jumpTo);
  }

  go(wanted, scroll = true) {
    const at = Math.max(0, Math.min(wanted, this.rows.length - 1));
    this.rows[this.at].removeAttribute("aria-current");
    this.at = at;
    const row = this.rows[at];
    row.setAttribute("aria-current", "step");
    this.range.value = at + 1;
    this.range.setAttribute("aria-valuetext", `step ${at + 1} of ${this.rows.length}: ${row.dataset.said}`);
    this.player.querySelector(".count").textContent = `${at + 1} / ${this.rows.length}`;
    this.player.querySelector(".said").textContent = row.dataset.said;
    this.player.querySelector(".told").textContent = row.dataset.told || "";
    for (const [names, off] of [[[".first", ".back"], at === 0], [[".next", ".last"], at === this.rows.length - 1]]) {
      for (const name of names) this.player.querySelector(name).setAttribute("aria-disabled", String(off));
    }
    this.actors.forEach((actor, lane) => this.showActor(actor, lane));
    this.objects.forEach((object) => this.showObject(object));
    this.player.classList.toggle("conflict", at === this.jumpTo && row.classList.contains("mark"));
    // The buttons must not move from step to step.
    this.stage.style.minHeight = `${this.stage.offsetHeight}px`;
    if (scroll) this.reveal(row);
  }

  // Scrolls the box of the table only, never the page.
  reveal(row) {
    const box = this.root.querySelector(".trace");
    const head = box.querySelector("thead").offsetHeight;
    const top = row.offsetTop - head;
    if (top < box.scrollTop) box.scrollTop = top - head;
    else if (row.offsetTop + row.offsetHeight > box.scrollTop + box.clientHeight) {
      box.scrollTop = row.offsetTop + row.offsetHeight - box.clientHeight + head;
    }
  }

  // Where a request stands: the line before, the one it runs, the one that comes next.
  showActor(actor, lane) {
    const own = this.rows.map((row, index) => index).filter((index) => Number(this.rows[index].dataset.lane) === lane);
    const done = own.filter((index) => index <= this.at);
    const ahead = own.filter((index) => index > this.at);
    const runs = done.length > 0 && done[done.length - 1] === this.at;
    let state = "is done";
    if (runs) state = this.stuck && !ahead.length && this.at === this.rows.length - 1 ? "is blocked" : "runs";
    else if (!done.length) state = "has not begun";
    else if (ahead.length) state = "is paused";
    else if (this.stuck) state = "is blocked";
    actor.dataset.state = state.split(" ").pop();
    actor.querySelector(".state").textContent = state;
    const near = [[done[done.length - 2], "past"], [done[done.length - 1], runs ? "now" : "past"], [ahead[0], "soon"]];
    const entries = near.filter(([index]) => index !== undefined).map(([index, kind]) => {
      const entry = document.createElement("li");
      entry.className = kind;
      const place = document.createElement("span");
      place.className = "place";
      place.textContent = this.rows[index].dataset.place;
      const source = document.createElement("code");
      source.textContent = this.rows[index].querySelector("td.source code").textContent;
      entry.append(place, " ", source);
      return entry;
    });
    actor.querySelector(".near").replaceChildren(...entries);
  }

  // What the object holds: as the last step that touched it left it, or as the first will find it.
  showObject(object) {
    const name = object.dataset.object;
    const ofIt = (touches) => touches.filter((touch) => touch.object === name);
    const here = ofIt(this.touches[this.at]);
    const write = here.find((touch) => touch.after !== touch.before);
    let value = null;
    this.touches.slice(0, this.at + 1).flatMap(ofIt).forEach((touch) => { value = touch.after; });
    if (value === null) value = this.touches.flatMap(ofIt)[0].before;
    object.querySelector(".old").textContent = write ? write.before || "?" : "";
    object.querySelector(".new").textContent = value || "?";
    object.querySelector(".becomes").hidden = object.querySelector(".old").hidden = !write;
    const lane = Number(this.rows[this.at].dataset.lane);
    const verbs = [...this.rows[this.at].querySelectorAll(".touch")]
      .filter((touch) => touch.dataset.object === name)
      .map((touch) => (touch.classList.contains("write") ? "written" : "read"));
    object.dataset.lane = verbs.length ? String(lane) : "";
    object.dataset.did = verbs.includes("written") ? "write" : verbs.length ? "read" : "";
    object.querySelector(".by").textContent = verbs.length ? `${verbs.join(" and ")} by ${this.names[lane]}` : "";
  }
}

const players = [...document.querySelectorAll(".timeline")].map((root) => new Player(root));

addEventListener("resize", () => {
  for (const player of players) player.stage.style.minHeight = "";
});

// Keys belong to the timeline that has the focus, else to the one in view.
function current() {
  const focused = players.find((one) => one.root.contains(document.activeElement));
  if (focused) return focused;
  const inView = (one) => {
    const box = one.player.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  };
  return players.find(inView) || players[0];
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const player = current();
  if (!player) return;
  const target = event.target;
  const inside = player.root.contains(target);
  if (target.matches("input, .scroll, pre")) {
    // These use the arrows themselves.
    if (event.key.toLowerCase() !== "c") return;
  }
  const keys = {
    ArrowRight: () => player.go(player.at + 1),
    ArrowLeft: () => player.go(player.at - 1),
    c: () => player.jump(),
    C: () => player.jump(),
  };
  if (inside) {
    keys.ArrowDown = keys.ArrowRight;
    keys.ArrowUp = keys.ArrowLeft;
    keys.Home = () => player.go(0);
    keys.End = () => player.go(player.rows.length - 1);
  }
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
  if (!inside) player.player.focus({ preventScroll: false });
});

// Copying: by the clipboard where the page may, else by selection.
for (const button of document.querySelectorAll(".copy")) {
  const text = button.parentElement.querySelector("pre");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      getSelection().selectAllChildren(text);
      document.execCommand("copy");
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
}
