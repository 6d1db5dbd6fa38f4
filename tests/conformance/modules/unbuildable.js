// A task module whose task throws an error of a class of its own.

import { registerErrorClass } from '../../../dist/index.js';

class Unbuildable extends Error {}
registerErrorClass(Unbuildable, 'Unbuildable');

export function task() {
  throw new Unbuildable('nobody can read this');
}
