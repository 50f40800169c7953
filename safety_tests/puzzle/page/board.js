// Shows a walk: lanes, shared objects, the steps so far. It reads the walk and changes nothing.

function make(tag, className = "", ...inside) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...inside);
  return element;
}

function laneClass(task) {
  return `lane-${"abcdef"[task % 6]}`;
}

class Board {
  constructor(stage, trace) {
    this.stage = stage;
    this.trace = trace;
  }

  // A game is set up once; then only what changes is touched, so that nothing jumps.
  open(walk, requests) {
    this.walk = walk;
    const game = walk.game;
    this.place = places(game);
    this.actors = game.tasks.map((name, task) => this.actor(name, task, requests[task]));
    this.objects = Object.keys(game.start).map((name) => this.object(name));
    const middle = this.objects.length ? [make("div", "objects", ...this.objects.map((one) => one.box))] : [];
    const boxes = this.actors.map((one) => one.box);
    this.stage.className = `stage lanes-${Math.min(boxes.length, 4)}${middle.length ? "" : " apart"}`;
    this.stage.replaceChildren(boxes[0], ...middle, ...boxes.slice(1));
    this.show();
  }

  actor(name, task, request) {
    const state = make("span", "state");
    const why = make("p", "why-not");
    const heading = make("h3", "who", make("b", "", letter(task)), ` ${name} `, state);
    const asks = make("p", "asks", make("code", "", request.sent), " alone: ", make("code", "", request.alone));
    const rows = new Map();
    const source = make("div", "listing scroll");
    source.tabIndex = 0;
    source.setAttribute("role", "region");
    source.setAttribute("aria-label", `source, as ${name} runs it`);
    const files = Object.entries(this.walk.game.files);
    for (const [file, lines] of files) {
      if (files.length > 1) source.append(make("p", "place", file));
      const list = make("ol");
      for (const line of lines) {
        const row = line ? make("li", "", make("span", "place", String(line[0])), make("code", "", line[1])) : make("li", "gap", "…");
        if (line) rows.set(`${file}:${line[0]}`, row);
        list.append(row);
      }
      source.append(list);
    }
    return { task, state, why, source, rows, box: make("section", `actor ${laneClass(task)}`, heading, asks, why, source) };
  }

  object(name) {
    const [old, now, by] = [make("code", "old"), make("code", "new"), make("p", "by")];
    const becomes = make("span", "becomes", " → ");
    const value = make("p", "value", old, becomes, now);
    return { name, old, now, by, becomes, box: make("div", "object", make("p", "name", make("code", "", name)), value, by) };
  }

  show() {
    this.actors.forEach((actor) => this.showActor(actor));
    this.objects.forEach((object) => this.showObject(object));
    this.showSteps();
  }

  // -- lanes --------------------------------------------------------------------------------------

  // In the words of the report: runs, is paused, is blocked, is done, has not begun.
  state(task) {
    const walk = this.walk;
    if (walk.over) {
      const stuck = walk.wrong && walk.game.answers[walk.end[0][task]].includes("never answered");
      return [stuck ? "is blocked" : "is done", ""];
    }
    const known = walk.known(walk.now.at, task);
    if (known === 1) return ["is done", ""];
    if (typeof known === "string") return ["is blocked", known];
    if (!walk.has(task)) {
      if (walk.chosen(task)) return ["has arrived", ""];
      return ["has not begun", walk.branch(task) ? "" : "The other one came first, and cannot be paused yet."];
    }
    if (known === 2) return ["is paused", "Only so many pauses were recorded for this puzzle."];
    return [walk.now.ran === task ? "runs" : "is paused", walk.branch(task) ? "" : "It cannot go on by itself."];
  }

  showActor(actor) {
    const { walk } = this;
    const [state, why] = this.state(actor.task);
    actor.state.textContent = state;
    actor.box.dataset.state = state.split(" ").pop();
    actor.why.textContent = why || this.outlook(actor.task);
    const keys = walk.ahead(actor.task).filter((line) => line[0] === actor.task).map((line) => `${line[1]}:${line[2]}`);
    if (!keys.length && walk.branch(actor.task) && walk.inside(actor.task)) keys.push(walk.inside(actor.task));
    const passed = new Set(
      walk.now.lines.map((line) => walk.game.lines[line]).filter((line) => line[0] === actor.task).map((line) => `${line[1]}:${line[2]}`),
    );
    const stands = state === "is blocked" ? walk.last(actor.task) : "";
    for (const [key, row] of actor.rows) {
      row.classList.toggle("held", key === stands);
      row.classList.toggle("next", key === keys[0]);
      row.classList.toggle("then", key !== keys[0] && keys.includes(key));
      row.classList.toggle("past", passed.has(key));
      if (key === keys[0]) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    }
    this.markNear(actor);
    if (keys.length) this.reveal(actor.source, actor.rows.get(keys[0]));
  }

  // What a choice of this request would do, where its lines alone do not say it.
  outlook(task) {
    const { walk } = this;
    if (walk.over || !walk.branch(task)) return "";
    const lines = walk.ahead(task).filter((line) => line[0] === task);
    if (lines.length > 1) return `Next: ${plural(lines.length, "line")}. Nobody can pause it in between.`;
    if (lines.length) return "";
    return `Next: it ${between(walk, task)}.`;
  }

  // On a narrow screen only these are shown.
  markNear(actor) {
    const rows = [...actor.source.querySelectorAll("li")];
    let at = rows.findIndex((row) => row.classList.contains("next"));
    if (at < 0) at = rows.findLastIndex((row) => row.classList.contains("past"));
    rows.forEach((row, index) => row.classList.toggle("around", Math.abs(index - Math.max(at, 0)) <= 1));
  }

  // Scrolls the box only, never the page.
  reveal(box, row) {
    const top = row.offsetTop;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + row.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + row.offsetHeight - box.clientHeight;
  }

  // -- shared objects -----------------------------------------------------------------------------

  // What the object holds: as the last line that touched it left it, or as it was in the beginning.
  showObject(object) {
    const { game, now } = this.walk;
    const ofIt = (lines) => lines.flatMap((line) => game.lines[line][4].filter((touch) => touch[1] === object.name).map((touch) => [game.lines[line][0], touch]));
    const here = ofIt(now.fresh);
    const all = ofIt(now.lines);
    const write = here.findLast(([, touch]) => touch[0] && touch[3] !== touch[2]);
    const value = all.length ? all[all.length - 1][1][3] : game.start[object.name];
    object.old.textContent = write ? write[1][2] || "?" : "";
    object.now.textContent = value || "?";
    object.old.hidden = object.becomes.hidden = !write;
    const verb = here.some(([, touch]) => touch[0]) ? "written" : here.length ? "read" : "";
    object.box.dataset.did = verb === "written" ? "write" : verb;
    object.box.dataset.lane = here.length ? String(here[here.length - 1][0]) : "";
    object.by.textContent = verb ? `${verb} by ${game.tasks[here[here.length - 1][0]]}` : "";
  }

  // -- the steps so far, as the timeline of a report shows them -----------------------------------

  showSteps() {
    const { game, now } = this.walk;
    const touched = this.objects.length > 0;
    const heads = game.tasks.map((name, task) => make("th", `lane ${laneClass(task)}`, name));
    if (touched) heads.splice(1, 0, make("th", "shared", "shared"));
    heads.unshift(make("th", "", make("span", "hush", "step")));
    for (const head of heads) head.scope = "col";
    const lines = now.lines.map((line) => game.lines[line]);
    const marked = this.walk.wrong ? this.walk.end[3] : [];
    const rows = lines.flatMap((line, index) => this.rows(lines, line, index, touched, marked));
    const body = make("tbody", "", ...rows);
    if (!rows.length) body.append(make("tr", "", Object.assign(make("td", "dim", "Nothing has run yet."), { colSpan: heads.length })));
    const table = make("table", `steps lanes-${Math.min(game.tasks.length, 4)}`, make("thead", "", make("tr", "", ...heads)), body);
    this.trace.replaceChildren(table);
    this.trace.scrollTop = this.trace.scrollHeight;
  }

  rows(lines, line, index, touched, marked) {
    const { game } = this.walk;
    const [task, file, number, note, touches] = line;
    const found = [];
    if (index && lines[index - 1][0] !== task) {
      const stuck = this.walk.over && this.state(lines[index - 1][0])[0] === "is blocked";
      const goesOn = (other) => !this.walk.over && this.state(other)[0] !== "is done";
      const cell = make("td", "", handover(game, lines, index, stuck, goesOn));
      cell.colSpan = 1 + game.tasks.length + (touched ? 1 : 0);
      found.push(make("tr", "handover", cell));
    }
    const cells = game.tasks.map(() => make("td", "lane empty"));
    const extra = beside(note, touches);
    const source = [make("span", "place", this.place(file, number)), " ", make("code", "", sourceOf(game, file, number))];
    if (extra) source.push(" ", make("span", "note", extra));
    cells[task] = make("td", `lane source ${laneClass(task)}`, ...source);
    cells[task].dataset.task = game.tasks[task];
    if (touched) cells.splice(1, 0, make("td", touches.length ? "shared" : "shared empty", ...touches.map((touch) => this.touch(touch, task))));
    const head = make("th", "", String(index + 1));
    head.scope = "row";
    const row = make("tr", marked.includes(index) ? "step mark" : "step", head, ...cells);
    row.dataset.lane = String(task);
    found.push(row);
    return found;
  }

  touch([write, name, before, after], task) {
    const left = task === 0;
    const arrow = make("span", `arrow ${left ? "left" : "right"}`, Boolean(write) === left ? "→" : "←");
    arrow.setAttribute("aria-hidden", "true");
    const verb = make("span", "verb", arrow, ` ${write ? "writes" : "reads"}`);
    const values = make("span", "values");
    if (before) values.append(make("code", "", before));
    if (write && after) values.append(make("span", "becomes", " → "), make("code", "new", after));
    return make("div", `touch ${write ? "write" : "read"}`, verb, " ", make("code", "", name), " ", values);
  }
}
