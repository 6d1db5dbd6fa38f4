// Who is told that this agent blocks. In a file of its own: everything that blocks announces it here.

/** Told that the agent begins to block, and in what; what it returns is called when the agent goes on. */
export type BlockingHook = (what: string) => () => void;

export const hooks = new Set<BlockingHook>();

const nobody = () => {};

/** The agent is about to block in `what`, outside the pool. What it gives is called when the agent goes on. */
export function announce(what: string): () => void {
  if (hooks.size === 0) return nobody;
  const resume = [...hooks].map(hook => hook(what));
  return () => {
    for (const go of resume.reverse()) go();
  };
}
