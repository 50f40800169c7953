// What Locust's page does not say of a start. Before the load, the right answers are found out, and
// until then Locust is "ready": its page goes back to the form and stays there. And where they
// cannot be found out, nothing starts, and the reason stands in the log alone.

const POLL_MS = 2000;
const LOOK = "padding: 12px 24px; background: #b71c1c; color: #fff; white-space: pre-wrap; " +
  "font: 400 .875rem/1.43 Roboto, Helvetica, Arial, sans-serif;";

export const watchStarts = () => {
  const notice = document.createElement("div");
  notice.id = "correctness-refusal";
  notice.setAttribute("role", "alert");
  document.body.prepend(notice);
  setInterval(() => look(notice).catch(() => {}), POLL_MS); // Locust's own page says it is down
};

const look = async (notice) => {
  const response = await fetch(new URL("start", import.meta.url));
  const { state, refusal } = await response.json();
  const text = refusal ? `The start was refused: ${refusal}` : "";
  if (notice.textContent !== text) notice.textContent = text;
  notice.style.cssText = text ? LOOK : "";
  const form = document.querySelector("form") && !document.querySelector("[role=tab]");
  if (form && state !== "ready") location.reload();
};
