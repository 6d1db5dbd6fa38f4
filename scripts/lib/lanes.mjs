// Several jobs side by side, as far as they bear each other.

/**
 * Calls `run` with each of the jobs, at most `most` at once, and resolves when all are done. A job marked `alone` has nobody
 * beside it, and of one `group` only one runs at a time. What comes first starts first, but one that must wait holds up
 * nobody, unless it must be alone: then it waits for those that run, and the rest for it.
 */
export async function inLanes(jobs, run, most) {
  const waiting = [...jobs];
  const running = new Map();
  while (waiting.length + running.size > 0) {
    const at = nextOf(waiting, [...running.keys()], most);
    if (at === undefined) {
      await Promise.race(running.values());
      continue;
    }
    const [job] = waiting.splice(at, 1);
    running.set(
      job,
      run(job).finally(() => running.delete(job)),
    );
  }
}

/** The place of the job that may start now. */
function nextOf(waiting, running, most) {
  if (running.length >= most || running.some(job => job.alone)) return undefined;
  for (const [at, job] of waiting.entries()) {
    if (job.alone) return running.length === 0 ? at : undefined;
    if (job.group === undefined || running.every(({ group }) => group !== job.group)) return at;
  }
  return undefined;
}
