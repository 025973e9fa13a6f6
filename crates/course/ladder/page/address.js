// The address of a scenario and of an event in it: `#tcp-client/7`.

/** What an address names: the scenario's id and the number of the event, both perhaps missing. */
export function readAddress(hash) {
  const [id = "", number = ""] = decode(hash.replace(/^#/, "")).split("/");
  return { id, number: /^\d{1,9}$/.test(number) ? Number(number) : null };
}

/** The address of an event; events are counted from 1 on. */
export function writeAddress(id, number) {
  return `#${encodeURIComponent(id)}/${number}`;
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % in an address that somebody typed
  }
}
