// A task module whose worker is ended while it is imported.

self.postMessage({ conformance: 'end me' });
await new Promise(() => {});

export const task = () => 1;
