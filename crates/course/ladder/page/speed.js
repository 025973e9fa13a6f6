// How long the player waits between two events.

/** The speeds: how many times slower than the run was; 0 is one event a second. */
export const SPEEDS = [1, 10, 100, 1000, 0];

const LONGEST = 2500; // milliseconds; nobody wants to watch a longer wait

/** How long to wait for a gap in nanoseconds: milliseconds, and whether that is shorter than it ought to be. */
export function waitFor(gap, speed) {
  if (speed === 0) return { wait: 1000, full: 1000, isShortened: false };
  const full = (Math.max(gap, 0) / 1e6) * speed;
  return { wait: Math.min(full, LONGEST), full, isShortened: full > LONGEST };
}
