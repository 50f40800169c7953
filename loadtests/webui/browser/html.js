// Elements and numbers. Text is only ever set as text: what a service has answered is never HTML.

const SVG = "http://www.w3.org/2000/svg";

const made = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null));
  return node;
};

export const h = (tag, attributes, ...children) =>
  made(document.createElement(tag), attributes, children);

export const svg = (tag, attributes, ...children) =>
  made(document.createElementNS(SVG, tag), attributes, children);

const plain = new Intl.NumberFormat("en-US");
const clockFormat = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit", minute: "2-digit", second: "2-digit",
});

export const count = (value) => plain.format(value);

export const percent = (share) => `${Math.round(share * 100)} %`;

// A bound must not be rounded down to nothing.
export const rate = (value) => {
  if (value === null || value === undefined) return "-";
  const digits = { minimumSignificantDigits: 2, maximumSignificantDigits: 2 };
  return `${(value * 100).toLocaleString("en-US", digits)} %`;
};

export const clock = (seconds) => clockFormat.format(new Date(seconds * 1000));

export const clockMs = (seconds) =>
  `${clock(seconds)}.${String(Math.floor((seconds % 1) * 1000)).padStart(3, "0")}`;
