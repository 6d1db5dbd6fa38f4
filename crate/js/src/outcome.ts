// Whom an agent tells what becomes of a call.

import type { Address } from './abi.js';
import type { Agent } from './agent.js';
import type { Breakage } from './errors.js';

/** A future, or whatever stands for a call on the side that submits. */
export interface Outcome {
  /** What the task is called. */
  readonly task: string;
  /** The call is in the queue now, and may be over at any moment. */
  onSubmit(agent: Agent, call: Address): void;
  /** The call has a value, which is on its way; it cannot come while this agent blocks. */
  onParcel(parcel: Promise<unknown>, blocked: boolean): void;
  /** The call has a value, or failed: then `failed` is true and `value` is what was thrown. */
  onReply(failed: boolean, value: unknown): void;
  /** `endCall` ended the call, with this error. */
  onEnd(error: unknown): void;
  /** The pool cancelled the call. */
  onCancel(): void;
  /** The pool broke before the call was done. */
  onBreak(breakage: Breakage): void;
}
