// What there is to say to what was typed into a field. The rules and the words are those of
// w2vlib/exercises/exercise.py.
const NUMBER = /^[+-]?(?:(?:[1-9]\d{0,2}(?:[,_ ]\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?%?$/;
const IN_BRACKETS = /(^|[*/×·(] ?)\(([^()]*)\)(?= ?(?:[*/×·)]|$))/; // 1/(4 * 5), not 3(4)

function parsePower(text) {
  const parts = text.split("^");
  if (parts.length > 2 || !parts.every((part) => NUMBER.test(part))) return null;
  const [base, power] = parts.map((part) => Number(part.replace(/[,_ %]/g, ""))
    / (part.endsWith("%") ? 100 : 1));
  if (power === undefined) return base;
  return base > 0 && Number.isFinite(base ** power) ? base ** power : null;
}

function parseNumber(typed) {
  let text = typed.replace(/[−–]/g, "-").replace(/\s+/g, " ").trim()
    .replace(/ ?(\^|\*\*) ?/g, "^");
  for (let part; (part = text.match(IN_BRACKETS));) {
    const number = parseNumber(part[2]);
    if (number === null) return null;
    text = text.slice(0, part.index) + part[1] + number + text.slice(part.index + part[0].length);
  }
  let result = 1, sign = "*";
  for (const part of text.split(/ ?([*/×·]) ?/)) {
    if (part && "*/×·".includes(part)) {
      sign = part;
      continue;
    }
    const number = parsePower(part);
    if (number === null) return null;
    if (sign === "/" && number === 0) return null;
    result = sign === "/" ? result / number : result * number;
  }
  return Number.isNaN(result) ? null : result;
}

function parseNumbers(typed) {
  const text = typed.replace(/[\])}][,\s]*[[({]/g, " ").replace(/[[\](){}]/g, " ").replace(/([0-9\s])[x×](?=[0-9\s])/g, "$1 ")
    .replaceAll(";", ", ").replace(/\s*([*/·^])\s*/g, "$1").replace(/\s+,/g, ",")
    .replace(/^[,\s]+|[,\s]+$/g, "");
  const numbers = text.split(text.includes(",") && !/,\s/.test(text) ? /[,\s]+/ : /,?\s+/)
    .map(parseNumber);
  return numbers.includes(null) || numbers.length > 1000 ? null : numbers;
}

const parseWord = (text) => text.toLowerCase().replace(/\s+/g, " ")
  .replace(/^[ .,;:!"'`´‘’“”]+|[ .,;:!"'`´‘’“”]+$/g, "");

const close = (number, other, tolerance) => Math.abs(number - other)
  <= (tolerance ?? Math.max(1e-4 * Math.abs(other), 1e-6)) * (1 + 1e-9);

const FUNCTION = /(?<![a-z])(?:log|ln|sqrt|exp|pi)(?![a-z])|[√π]/i;
const UNIT = /^(.*\d)\s*[A-Za-zµμ][A-Za-zµμ/ ]*$/;

// What to write in place of a text that is no number.
function instead(text, hint) {
  const unit = text.trim().match(UNIT);
  if (FUNCTION.test(text)) return "write it as a decimal, such as 0.25.";
  return unit && parseNumber(unit[1]) !== null ? `write it without a unit: ${unit[1].trim()}.` : hint;
}

const RIGHT = ["right", "Right."];
const wrong = (why) => ["wrong", `Not yet: ${why}`];
const size = (number, right) => number > right ? "large" : "small";

// Where others write a point.
const COMMA = /([+-]?\d+),(\d+)/;
const points = (text) => text.replace(new RegExp(COMMA, "g"), "$1.$2");
const writePoint = (number) => wrong(`write a point: ${points(number.trim())}.`);

// What to say to a text -> [state, words]. `of`: what the library says of the field.
// oxlint-disable-next-line no-unused-vars -- answer.js calls it
function judge(of, text) {
  if (!text.replace(/^[\s.]+$/, "")) return ["unwritten", "Not written yet."];
  const { kind, right, mistakes, tolerance } = of;
  if (kind === "word" || kind === "choice") {
    const word = parseWord(text), known = mistakes.find(([texts]) => texts.includes(word));
    if (right.includes(word)) return RIGHT;
    if (of.options && !of.options.map(parseWord).includes(word)) {
      return wrong(`choose one of these: ${of.options.join(", ")}.`);
    }
    return wrong(known?.[1] ?? (kind === "word" ? "another word is meant." : "think again."));
  }
  if (kind === "number") {
    const typed = of.percent ? text.replace(/\s*%\s*$/, "") : text, number = parseNumber(typed);
    if (number === null) {
      const comma = /^\s*[+-]?\d+,\d+\s*$/.test(typed);
      return comma ? writePoint(typed) : wrong(instead(typed, "write a number, such as 1500 or 0.25."));
    }
    if (close(number, right, tolerance)) return RIGHT;
    const known = mistakes.find(([mistake]) => close(number, mistake, tolerance));
    return wrong(known?.[1] ?? `this is too ${size(number, right)}.`);
  }
  const numbers = parseNumbers(text);
  if (numbers === null) {
    return parseNumbers(points(text)) ? writePoint(text.match(COMMA)[0]) : wrong(instead(text, of.hint));
  }
  const same = (others) => numbers.length === others.length
    && numbers.every((number, i) => close(number, others[i], tolerance));
  if (same(right)) return RIGHT;
  const known = mistakes.find(([mistake]) => same(mistake));
  if (known) return wrong(known[1]);
  const count = right.length;
  if (numbers.length !== count) {
    return wrong(`${count} numbers are asked for, and this has ${numbers.length}.`);
  }
  const sum = (all) => all.reduce((before, number) => before + number, 0);
  if (close(sum(right), 1) && sum(numbers) > 98.5 && sum(numbers) < 101.5) {
    return wrong("these are percentages: write shares, which sum to 1.");
  }
  const at = numbers.findIndex((number, i) => !close(number, right[i], tolerance));
  const too = `is too ${size(numbers[at], right[at])}.`;
  return wrong(count > 1 ? `number ${at + 1} of ${count} ${too}` : `this ${too}`);
}
