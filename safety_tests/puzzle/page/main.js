// The puzzles of the page: which one is played, what was chosen, what is remembered.

const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);

// Where the browser keeps nothing for a page, nothing is remembered; the game goes on.
const memory = {
  key: "safety-tests puzzle",
  solved: {},
  load() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      if (kept && typeof kept === "object") this.solved = kept;
    } catch {
      this.solved = {};
    }
  },
  keep(name, pauses) {
    const best = this.solved[name];
    if (typeof best === "number" && best <= pauses) return;
    this.solved[name] = pauses;
    try {
      localStorage.setItem(this.key, JSON.stringify(this.solved));
    } catch {
      return;
    }
  },
};

class Play {
  constructor() {
    this.board = new Board(at("stage"), at("trace"));
    memory.load();
    for (const id of ["undo", "restart", "hint"]) at(id).addEventListener("click", () => this[id]());
    at("broken").addEventListener("click", () => this.choose("broken"));
    at("healthy").addEventListener("click", () => this.choose("healthy"));
    at("copy").addEventListener("click", () => this.copy());
    at("onwards").addEventListener("click", () => this.onwards());
    addEventListener("keydown", (event) => this.key(event));
    for (const part of document.querySelectorAll("main > section")) part.hidden = false;
    this.list();
    this.open(0);
  }

  list() {
    const items = data.puzzles.map((puzzle, number) => {
      const best = memory.solved[puzzle.name];
      const solved = typeof best === "number";
      const button = make("button", solved ? "solved" : "", solved ? `${number + 1} ✓` : String(number + 1));
      button.type = "button";
      button.title = `Puzzle ${number + 1}: ${puzzle.title}${solved ? `, solved with ${plural(best, "pause")}` : ""}`;
      button.setAttribute("aria-label", button.title);
      if (number === this.number) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => this.open(number));
      return make("li", "", button);
    });
    const focused = [...at("puzzles").querySelectorAll("button")].indexOf(document.activeElement);
    at("puzzles").replaceChildren(...items);
    if (focused >= 0) items[focused].firstChild.focus();
  }

  open(number) {
    this.number = number;
    this.puzzle = data.puzzles[number];
    const { puzzle } = this;
    at("number").textContent = `Puzzle ${number + 1} of ${data.puzzles.length}`;
    at("code").textContent = puzzle.code;
    at("check").textContent = puzzle.check;
    at("title").textContent = puzzle.title;
    at("teaser").textContent = puzzle.teaser;
    at("goal").replaceChildren(make("b", "", "Your goal: "), puzzle.goal);
    at("healthy").hidden = !puzzle.games.healthy;
    this.list();
    this.choose("broken");
  }

  choose(which) {
    this.which = which;
    for (const id of ["broken", "healthy"]) at(id).setAttribute("aria-pressed", String(id === which));
    this.walk = new Walk(this.puzzle.games[which]);
    const { schedules, wrong, par } = this.walk.game;
    const limit = this.puzzle.pauses === null ? "" : ` with at most ${plural(this.puzzle.pauses, "pause")}`;
    at("bound").textContent = wrong
      ? `${plural(schedules, "schedule")}${limit}, ${wrong.toLocaleString("en")} wrong. Par: ${plural(par, "pause")}.`
      : `All ${plural(schedules, "schedule")}${limit} end right. Try to break it.`;
    this.board.open(this.walk, this.puzzle.requests);
    this.runners();
    this.say(`${this.before()}Nothing has run yet. Who goes first?`);
    this.show();
  }

  before() {
    const { before } = this.puzzle;
    return before.length ? `Before that, one after the other: ${before.join(", ")}. ` : "";
  }

  // -- choosing -----------------------------------------------------------------------------------

  runners() {
    const { tasks } = this.walk.game;
    this.buttons = tasks.map((name, task) => {
      const button = make("button", `run ${laneClass(task)}`);
      button.type = "button";
      button.setAttribute("aria-keyshortcuts", letter(task));
      button.addEventListener("click", () => this.run(task));
      return button;
    });
    at("runners").replaceChildren(...this.buttons);
  }

  run(task) {
    const { walk } = this;
    const name = walk.game.tasks[task];
    if (walk.over) return this.say("Everybody is through. Undo a step, or restart.");
    if (!walk.branch(task)) {
      const [state, why] = this.board.state(task);
      return this.say(`${name} ${state}: it cannot run now. ${why}`);
    }
    const silent = walk.ahead(task).length ? "" : `${name} ${between(walk, task)}`;
    walk.run(task);
    const lines = walk.now.fresh.map((line) => said(walk.game, walk.game.lines[line]));
    const told = silent ? [silent] : lines;
    if (!walk.over) {
      walk.game.tasks.forEach((_, other) => {
        const [state, why] = this.board.state(other);
        if (state === "is blocked") told.push(why || `${walk.game.tasks[other]} is blocked`);
      });
    }
    this.show();
    this.say(told.map((one) => one.replace(/\.$/, "")).join(". ") + ".");
  }

  undo() {
    const done = this.walk.undo();
    this.show();
    this.say(done ? "One step taken back." : "Nothing has run yet.");
  }

  restart() {
    this.walk.restart();
    this.show();
    this.say("From the beginning. Who goes first?");
  }

  hint() {
    const { walk } = this;
    if (walk.over) return this.say(walk.wrong ? "It is wrong already." : "This order is over. Undo a step, or restart.");
    const ahead = walk.count();
    if (!walk.game.wrong) return this.say(`No order of the healthy twin goes wrong: ${plural(ahead.schedules, "schedule")} from here, all right.`);
    if (!ahead.wrong) return this.say("From here every order ends right. Undo a step.");
    const counted = `From here ${ahead.wrong.toLocaleString("en")} of ${plural(ahead.schedules, "schedule")} go wrong.`;
    const again = this.hinted === walk.now;
    this.hinted = walk.now;
    return this.say(again ? `${counted} The shortest way: let ${letter(ahead.task)} (${walk.game.tasks[ahead.task]}) run now.` : `${counted} Ask again to be told who runs now.`);
  }

  say(text) {
    at("said").textContent = text;
  }

  // -- showing ------------------------------------------------------------------------------------

  show() {
    const { walk } = this;
    this.board.show();
    this.buttons.forEach((button, task) => this.label(button, task));
    at("undo").setAttribute("aria-disabled", String(!walk.past.length));
    at("restart").setAttribute("aria-disabled", String(!walk.past.length));
    const par = walk.game.wrong ? `, par ${walk.game.par}` : "";
    at("counts").textContent = `${plural(walk.past.length, "choice")}, ${plural(walk.now.pauses, "pause")}${par}`;
    this.showResult();
  }

  label(button, task) {
    const { walk } = this;
    const name = walk.game.tasks[task];
    const line = walk.ahead(task).find((one) => one[0] === task);
    const what = line ? this.board.place(line[1], line[2]) : walk.branch(task) ? between(walk, task) : this.board.state(task)[0];
    button.replaceChildren(make("kbd", "", letter(task)), ` ${name}: `, make("span", "place", what));
    button.setAttribute("aria-disabled", String(!walk.branch(task)));
  }

  showResult() {
    const { walk, puzzle } = this;
    at("result").hidden = !walk.over;
    at("told").textContent = "";
    if (!walk.over) return;
    const wrong = walk.wrong;
    at("result").className = `result ${wrong ? "found" : "right"}`;
    for (const id of ["chain", "sentences", "mend", "replay"]) at(id).hidden = !wrong;
    at("answers").replaceChildren(...this.answers());
    if (wrong) this.found();
    else {
      const all = walk.game.wrong ? "Undo some steps, or restart." : `No order makes it wrong: all ${plural(walk.game.schedules, "schedule")} end right.`;
      at("outcome").textContent = `This order ends right. ${all}`;
    }
    at("onwards").textContent = this.next()[0];
    at("told").textContent = at("outcome").textContent;
    if (wrong) {
      memory.keep(puzzle.name, walk.now.pauses);
      this.list();
    }
  }

  found() {
    const { walk, puzzle } = this;
    const [, summary, sentences, marked] = walk.end;
    const used = walk.now.pauses;
    const par = used === walk.game.par ? "the fewest there are" : `par is ${walk.game.par}`;
    at("outcome").textContent = `You found it, with ${plural(used, "pause")}: ${par}.`;
    at("sentences").replaceChildren(...[summary, ...sentences].map((one) => make("p", "", one)));
    at("chain").replaceChildren(...marked.map((row) => this.link(walk.game.lines[walk.now.lines[row]])));
    at("how").textContent = puzzle.mend;
    at("repair").textContent = puzzle.repair ? `Here: ${puzzle.repair}` : "";
    at("token").textContent = "";
    const asked = walk.now;
    token(data.prefix, puzzle.token, walk.now.choices).then((text) => {
      if (this.walk.now === asked) at("token").textContent = `safety-tests replay ${text}`;
    });
  }

  // One of the lines that contradict each other: who, where, what with which value.
  link(line) {
    const [task, file, number, , touches] = line;
    const inside = [make("b", "", this.walk.game.tasks[task]), ` ${this.board.place(file, number)}`, make("code", "", sourceOf(this.walk.game, file, number))];
    for (const touch of touches) inside.push(make("span", "what", `${verbs(touch)}: ${(touch[0] ? touch[3] : touch[2]) || "?"}`));
    return make("p", `link ${laneClass(task)}`, ...inside);
  }

  answers() {
    const { walk, puzzle } = this;
    return walk.game.tasks.map((name, task) => {
      const got = walk.game.answers[walk.end[0][task]];
      const alone = puzzle.requests[task].alone;
      const same = got === alone;
      return make("p", `${laneClass(task)}`, make("b", "", name), " got ", make("code", same ? (walk.wrong ? "" : "same") : "other", got),
        same ? ", as alone" : "; alone: ", ...(same ? [] : [make("code", "", alone)]));
    });
  }

  // What comes next: the twin after the broken service, then the next puzzle.
  next() {
    const { puzzle, which } = this;
    if (which === "broken" && this.walk.wrong && puzzle.games.healthy) return ["Now try to break its healthy twin", () => this.choose("healthy")];
    if (which === "broken") return ["Try again from the beginning", () => this.restart()];
    if (this.number + 1 < data.puzzles.length) return ["On to the next puzzle", () => this.open(this.number + 1)];
    return ["Back to the first puzzle", () => this.open(0)];
  }

  onwards() {
    this.next()[1]();
    at("title").scrollIntoView({ block: "nearest" });
    this.buttons[0].focus({ preventScroll: true });
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(at("token").textContent);
    } catch {
      getSelection().selectAllChildren(at("token"));
      document.execCommand("copy");
    }
    at("copy").textContent = "Copied";
    setTimeout(() => { at("copy").textContent = "Copy"; }, 2000);
  }

  // -- keys ---------------------------------------------------------------------------------------

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.buttons.length - 1;
    const acts = { Backspace: () => this.undo(), "?": () => this.hint(), r: () => this.restart() };
    // Boxes that scroll use the arrows themselves.
    if (!event.target.matches(".scroll, pre")) {
      acts.ArrowLeft = () => this.run(0);
      acts.ArrowRight = () => this.run(last);
    }
    this.buttons.forEach((_, task) => { acts[letter(task).toLowerCase()] = () => this.run(task); });
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

new Play();
