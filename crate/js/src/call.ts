// What the loop of a worker and a worker apart have in common about a call in JavaScript.

import { type Parcels, ticketIn, withoutTicket } from './parcels.js';
import type { TaskTable } from './table.js';

/** Runs a call whose function must be loaded first, or whose arguments wait at the spawner. */
export async function runLater(
  tasks: TaskTable,
  parcels: Parcels,
  wire: string,
  args: unknown[],
): Promise<unknown> {
  const ticket = ticketIn(wire);
  if (ticket !== undefined) {
    const rest = withoutTicket(wire);
    return runLater(tasks, parcels, rest, (await parcels.fetch(ticket)) as unknown[]);
  }
  const task = tasks.find(wire) ?? (await tasks.load(wire));
  return task(...(args as never[]));
}

/** Encodes an error that came up on the way: what a getter threw may be anything, and may not be sent either. */
export function encodeError<R>(error: unknown, encode: (error: Error) => R): R {
  try {
    return encode(error instanceof Error ? error : new Error(String(error)));
  } catch {
    return encode(new Error('what a getter of the value threw cannot be sent'));
  }
}
