// The timeline and the table are a file of their own. It is loaded ahead, once the page is at rest, so that the first run
// has all its frames for what happens in it.

import { loadProgress, loadTracing } from '../trace/library.ts';

export type Stage = typeof import('./timeline/Stage.tsx');

export const loadStage = (): Promise<Stage> => import('./timeline/Stage.tsx');

/** Loads all that shows a run. What fails here is told when it is needed. */
export async function preloadStage(): Promise<void> {
  await Promise.allSettled([loadStage(), loadTracing(), loadProgress()]);
}
