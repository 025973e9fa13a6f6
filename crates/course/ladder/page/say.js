// The page's words in the reader's language.

import { WORDS } from "./words.js";

let words = WORDS.en;

/** Chooses the language: what the address asks for, or the browser's. Returns it. */
export function chooseLanguage(asked, browsers) {
  const wish = [asked, ...browsers].find((language) => /^(zh|en)\b/i.test(language ?? "")) ?? "en";
  const language = /^zh/i.test(wish) ? "zh" : "en";
  words = WORDS[language];
  return language;
}

/** The words for a key, with facts in its braces. */
export function say(key, facts = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? words.unknown);
}

/** Are there words for a key? The data of an older or a newer page may have keys that are not known here. */
export function hasWords(key) {
  return Object.hasOwn(words, key);
}

/** A number of bytes. */
export function sayBytes(bytes) {
  return bytes === 1 ? say("byte") : say("bytes", { bytes });
}

/** A duration in nanoseconds, as a person writes it. */
export function duration(nanoseconds) {
  const milliseconds = nanoseconds / 1e6;
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 10) return `${milliseconds.toFixed(0)} ms`;
  if (milliseconds >= 0.1) return `${milliseconds.toFixed(1)} ms`;
  return `${(milliseconds * 1000).toFixed(0)} µs`;
}
