// Has to run before poolifier looks.

globalThis.window ??= globalThis;
