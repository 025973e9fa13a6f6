// One run of the data: its rows, the places where the player stops, and the state of each socket after each row.
// Rows are counted from 1, as in addresses; 0 is before the first.

const EVERY = 256; // rows between two snapshots

/** A run, ready to be asked. */
export function makeRun(scenario, data) {
  return { ...scenario, data, snapshots: snapshotsOf(scenario) };
}

/** The row with this number. */
export function rowAt(run, number) {
  return run.rows[number - 1];
}

/** Remarks and phases have no time of their own: nobody stops there. */
export function isStop(row) {
  return row.kind !== "note" && row.kind !== "phase";
}

/** The last row that is seen with this one: remarks come with the row that they follow. */
export function seenWith(run, number) {
  let last = number;
  while (rowAt(run, last + 1)?.kind === "note") last += 1;
  return last;
}

/** Is a row shown? What packets mean is worth reading even where they are left out. */
export function isShown(row, view) {
  const ofOther = view.connection !== null && row.connection !== undefined && row.connection !== view.connection;
  if (ofOther) return false;
  if (row.kind === "packet" || row.kind === "phase") return view.packets;
  return row.kind === "note" || view.calls;
}

/** The numbers of the rows where the player stops. */
export function stopsOf(run, view, asked = () => false) {
  const numbers = run.rows.map((_, index) => index + 1);
  return numbers.filter((number) => {
    const row = rowAt(run, number);
    return isStop(row) && (isShown(row, view) || asked(number));
  });
}

/** The stop at or before a row; the first one where there is none before. */
export function stopAt(stops, number) {
  return stops[Math.max(placeOf(stops, number), 0)] ?? 0;
}

/** Which of the stops is the last one that is not after this row; -1 where there is none. */
export function placeOf(stops, number) {
  let [low, high] = [0, stops.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stops[middle] <= number) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** All sockets after a row: each with what is known of it, and the states that it has been in. */
export function socketsAt(run, number) {
  const index = Math.floor(number / EVERY);
  const sockets = run.snapshots[index].slice();
  for (let next = index * EVERY + 1; next <= number; next += 1) merge(sockets, rowAt(run, next));
  return sockets;
}

function snapshotsOf(scenario) {
  const sockets = scenario.sockets.map((socket) => ({ ...socket, way: [] }));
  const snapshots = [sockets.slice()];
  scenario.rows.forEach((row, index) => {
    merge(sockets, row);
    if ((index + 1) % EVERY === 0) snapshots.push(sockets.slice());
  });
  return snapshots;
}

/** Nothing is changed in place: snapshots share what is the same. */
function merge(sockets, row) {
  for (const [index, change] of row?.now ?? []) {
    const old = sockets[index];
    const made = { ...old, ...change };
    for (const key of Object.keys(change)) if (change[key] === null) delete made[key];
    if (change.state) made.way = [...old.way, change.state];
    sockets[index] = made;
  }
}

/** The connection that a row is about: its own, or that of the nearest row before it. */
export function connectionAt(run, number) {
  for (let at = number; at > 0; at -= 1) {
    const { connection } = rowAt(run, at);
    if (connection !== undefined) return connection;
  }
  return undefined;
}

/** The connections that have begun with this row. */
export function connectionsUntil(run, number) {
  const begun = new Set(run.rows.slice(0, number).map((row) => row.connection));
  return run.connections.map((_, index) => index).filter((index) => begun.has(index));
}

/** The name of a connection: its caller's program, or its port. */
export function nameOf(run, index) {
  const connection = run.connections[index];
  return connection.name ?? connection.caller.replace(/^.*(?=:)/, "");
}

/** Where there are several connections, the name of a row's. */
export function labelOf(run, row) {
  const several = run.connections.length > 1 && row.connection !== undefined;
  return several ? nameOf(run, row.connection) : "";
}
