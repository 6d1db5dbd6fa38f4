// The optimised module: it checks its stack once limits are set, and not before.

import binaryen from 'binaryen';
import { beforeAll, expect, test } from 'vitest';
import { optimise } from '../optimise.mjs';

/** Takes 16 bytes of stack and gives them back, as compiled code does. */
const SOURCE = `
(module
  (import "env" "memory" (memory 1 2 shared))
  (global $__stack_pointer (mut i32) (i32.const 4096))
  (export "__stack_pointer" (global $__stack_pointer))
  (func (export "take") (result i32)
    (local $saved i32)
    (local.set $saved (global.get $__stack_pointer))
    (global.set $__stack_pointer (i32.sub (local.get $saved) (i32.const 16)))
    (i32.store (global.get $__stack_pointer) (i32.const 7))
    (global.set $__stack_pointer (local.get $saved))
    (local.get $saved)))
`;

function assemble({ names }) {
  const parsed = binaryen.parseText(SOURCE);
  binaryen.setDebugInfo(names);
  const bytes = parsed.emitBinary();
  binaryen.setDebugInfo(false);
  parsed.dispose();
  return bytes;
}

let module;

beforeAll(async () => {
  module = new WebAssembly.Module(await optimise(assemble({ names: true })));
});

function instance() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  return new WebAssembly.Instance(module, { env: { memory } }).exports;
}

test('a loader that knows nothing of limits can use it', () => {
  expect(instance().take()).toBe(4096);
});

test('within its limits a stack is used freely', () => {
  const { take, __set_stack_limits } = instance();
  __set_stack_limits(4096, 4080);
  expect(take()).toBe(4096);
});

test('one word too deep is a trap, and after it the instance goes on', () => {
  const { take, __set_stack_limits, __stack_pointer } = instance();
  __set_stack_limits(4096, 4084);
  expect(() => take()).toThrow(WebAssembly.RuntimeError);
  __stack_pointer.value = 4096;
  __set_stack_limits(-1, 0);
  expect(take()).toBe(4096);
});

test('names are gone', () => {
  expect(WebAssembly.Module.customSections(module, 'name')).toHaveLength(0);
});

test('a module whose stack pointer cannot be found is refused, not left unchecked', async () => {
  await expect(optimise(assemble({ names: false }))).rejects.toThrow('stack pointer');
});
