// The words of the report, for lines that somebody chose.

function verbs(touch) {
  return `${touch[0] ? "writes" : "reads"} ${touch[1]}`;
}

// What a note says beside the accesses, which have a column of their own.
function beside(note, touches) {
  const told = touches.map(verbs).join(", ");
  const rest = told && note.endsWith(told) ? note.slice(0, note.length - told.length) : note;
  return rest.replace(/, $/, "");
}

// Where each line stands: by number in the one file, else with the name of its file.
function places(game) {
  const files = Object.keys(game.files);
  const names = new Map(files.map((file) => [file, file.split("/").pop()]));
  if (new Set(names.values()).size < files.length) {
    for (const file of files) names.set(file, file.split("/").slice(-2).join("/"));
  }
  return (file, line) => (files.length === 1 ? `line ${line}` : `${names.get(file)}:${line}`);
}

function sourceOf(game, file, line) {
  const row = (game.files[file] || []).find((one) => one && one[0] === line);
  return row ? row[1].trim() : "";
}

// A line in a sentence, as a screen reader says it.
function said(game, line) {
  const [task, file, number, note, touches] = line;
  const told = [`${game.tasks[task]}, ${places(game)(file, number)}: ${sourceOf(game, file, number)}`];
  const extra = beside(note, touches);
  if (extra) told.push(extra);
  for (const touch of touches) {
    let values = "";
    if (touch[0] && touch[3]) values = `: ${touch[2] || "unknown"} becomes ${touch[3]}`;
    else if (touch[2] && !touch[0]) values = `: ${touch[2]}`;
    told.push(verbs(touch) + values);
  }
  return told.join("; ");
}

// The sentence for the line at `index`, with which another request takes over. While the game goes
// on, `goesOn` knows whether the one before is paused; when it is over, the lines tell.
function handover(game, lines, index, stuck, goesOn) {
  const [before, after] = [lines[index - 1][0], lines[index][0]];
  const later = lines.slice(index).some((line) => line[0] === before);
  const state = later || goesOn(before) ? "is paused" : stuck ? "is blocked" : "is done";
  const verb = lines.slice(0, index).some((line) => line[0] === after) ? "goes on" : "runs";
  return `${game.tasks[before]} ${state}, ${game.tasks[after]} ${verb}`;
}

// What a choice does that runs no further line of the service's own.
function between(walk, task) {
  if (!walk.has(task)) return "arrives at your code";
  if (walk.inside(task)) return "goes on inside the line";
  return walk.answers(task) ? "has its answer sent" : "goes on outside your code";
}

function letter(task) {
  return String.fromCharCode(65 + task);
}

function plural(number, what) {
  return number === 1 ? `1 ${what}` : `${number.toLocaleString("en")} ${what}s`;
}
