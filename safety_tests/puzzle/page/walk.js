"use strict";

// A game is a recorded graph. A node is [who stands here, at which point, who goes on by default,
// states, branches]; a branch is [who runs, how many of the last lines are told anew, lines, what
// follows]. What follows is a node, or an end counted down from -1. Nothing is computed here but
// the way through it.
const [STANDS, POINT, DEFAULT, STATES, BRANCHES] = [0, 1, 2, 3, 4];
const FORCED = "!";

class Walk {
  constructor(game) {
    this.game = game;
    this.counted = new Map();
    this.restart();
  }

  restart() {
    this.past = [];
    this.now = { at: this.game.root, lines: [], fresh: [], choices: [], pauses: 0, ran: null };
  }

  get over() {
    return this.now.at < 0;
  }

  get end() {
    return this.over ? this.game.ends[-1 - this.now.at] : null;
  }

  get wrong() {
    return this.over && this.end.length > 1;
  }

  get node() {
    return this.game.nodes[this.now.at];
  }

  branch(task) {
    return this.over ? undefined : this.node[BRANCHES].find((branch) => branch[0] === task);
  }

  // The lines that a choice would run, without those that are told anew.
  ahead(task) {
    const branch = this.branch(task);
    return branch ? branch[2].slice(branch[1]).map((line) => this.game.lines[line]) : [];
  }

  run(task) {
    const branch = this.branch(task);
    if (!branch) return false;
    const [, anew, lines, next] = branch;
    const { lines: before, choices, pauses } = this.now;
    const point = this.game.points[this.node[POINT]];
    const deviates = task !== this.node[DEFAULT];
    this.past.push(this.now);
    this.now = {
      at: next,
      lines: [...before.slice(0, before.length - anew), ...lines],
      fresh: lines.slice(anew),
      choices: deviates ? [...choices, [this.node[STANDS], ...point, task]] : choices,
      pauses: pauses + (deviates && point[0] !== FORCED ? 1 : 0),
      ran: task,
    };
    return true;
  }

  undo() {
    if (!this.past.length) return false;
    this.now = this.past.pop();
    return true;
  }

  // 0 when the request can go on, 1 when it is answered, 2 when no more pauses were recorded, else
  // why it is blocked.
  known(at, task) {
    return this.game.states[this.game.nodes[at][STATES]][task];
  }

  // Has a line of this request run?
  has(task) {
    return this.now.lines.some((line) => this.game.lines[line][0] === task);
  }

  // The line that this request began last.
  last(task) {
    const line = this.now.lines.map((one) => this.game.lines[one]).findLast((one) => one[0] === task);
    return line ? `${line[1]}:${line[2]}` : "";
  }

  // Is this request answered once it has run?
  answers(task) {
    const next = this.branch(task)[3];
    return next < 0 || this.known(next, task) === 1;
  }

  // The line inside which this request was paused, if it was.
  inside(task) {
    const found = [...this.past, this.now].findLast((one) => one.at >= 0 && this.game.nodes[one.at][STANDS] === task);
    const point = found && this.game.points[this.game.nodes[found.at][POINT]];
    return point && point[3] > 0 ? `${point[0]}:${point[1]}` : "";
  }

  chosen(task) {
    return [...this.past, this.now].some((one) => one.ran === task);
  }

  // How many schedules follow, how many of them go wrong, and who has to run for the wrong end with
  // the fewest pauses.
  count(at = this.now.at) {
    if (at < 0) return { schedules: 1, wrong: this.game.ends[-1 - at].length > 1 ? 1 : 0, pauses: 0 };
    if (!this.counted.has(at)) {
      const node = this.game.nodes[at];
      const forced = this.game.points[node[POINT]][0] === FORCED;
      const all = { schedules: 0, wrong: 0, pauses: Infinity, task: null };
      for (const [task, , , next] of node[BRANCHES]) {
        const one = this.count(next);
        const pauses = one.pauses + (task !== node[DEFAULT] && !forced ? 1 : 0);
        all.schedules += one.schedules;
        all.wrong += one.wrong;
        if (one.wrong && pauses < all.pauses) [all.pauses, all.task] = [pauses, task];
      }
      this.counted.set(at, all);
    }
    return this.counted.get(at);
  }
}

// The token is what the gate prints: JSON, compressed, in the letters that a URL may hold.
async function token(prefix, template, choices) {
  const text = JSON.stringify({ ...template, s: choices });
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const letters = btoa(String.fromCharCode(...bytes));
  return prefix + letters.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
