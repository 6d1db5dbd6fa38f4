// A compiled module → a smaller one that checks its stack.
//
// Workers' stacks are plain blocks of the shared memory, without guard pages: a deep recursion would overwrite
// other threads' data in silence. Binaryen's `stack-check` turns that into a trap. It adds the export
// `__set_stack_limits(base, limit)`, which every instance calls with its own stack. Until then the limits are
// (-1, 0), the whole memory: the module also works under a loader that knows nothing of them.

/** A base of -1 as an unsigned number, and a limit of 0: every stack pointer lies between the two. */
const UNCHECKED_BASE = -1;

export async function optimise(bytes) {
  const { default: binaryen } = await import('binaryen');
  const module = binaryen.readBinary(bytes);
  try {
    const { Features } = binaryen;
    module.setFeatures(
      Features.Atomics |
        Features.BulkMemory |
        Features.MutableGlobals |
        Features.NontrappingFPToInt |
        Features.SignExt |
        Features.ReferenceTypes |
        Features.Multivalue |
        Features.ExceptionHandling |
        (Features.BulkMemoryOpt ?? 0) |
        (Features.CallIndirectOverlong ?? 0),
    );
    module.runPasses(['stack-check']);
    // Without the name of the stack pointer the pass does nothing, and says nothing.
    if (!module.getGlobal('__stack_base'))
      throw new Error('The stack pointer has no name: do not strip symbols before.');
    module.removeGlobal('__stack_base');
    module.addGlobal('__stack_base', binaryen.i32, true, module.i32.const(UNCHECKED_BASE));
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(0);
    module.optimize();
    module.runPasses(['strip-debug', 'strip-producers']);
    if (!module.validate()) throw new Error('Binaryen made a module that is not valid.');
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
