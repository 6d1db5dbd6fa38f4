// A task module that fails when it is imported.

throw new Error('this module always fails');
