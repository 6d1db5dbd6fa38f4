// `InlineExecutor`: no concurrency at all.

import { INLINE } from './abi.js';
import { type LocalCall, LocalExecutor } from './local-executor.js';
import { LocalTrace } from './local-trace.js';

/**
 * An executor that runs the call inside `submit`: for tests, and as the sequential baseline of comparisons. The future
 * that it gives is done already, so blocking calls such as `resultSync` work everywhere.
 *
 * Two kinds of task are done later, and must be awaited: one that returns a promise, and one named by the address of a
 * module that this agent has not imported yet.
 *
 * ```js
 * const executor = new InlineExecutor();
 * console.log(executor.submit(Math.max, 1, 2).resultSync(), [...executor.map(Math.sqrt, [1, 4])]);   // 2 [1,2]
 * ```
 */
export class InlineExecutor extends LocalExecutor {
  /** @internal */
  protected override readonly trace: LocalTrace = new LocalTrace(INLINE, 1, 'InlineExecutor');

  /** @internal */
  protected override accept(call: LocalCall): void {
    this.begin(call, () => {});
  }

  /** @internal Nothing ever waits. */
  protected override cancelAll(): void {}
}
