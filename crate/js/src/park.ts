// The end of an agent that somebody else has claimed.

/** Never returns: somebody else owns what this agent had, and ends its thread. */
export function park(): never {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(nobody, 0, 0);
}
