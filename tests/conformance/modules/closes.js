// A task module that closes its worker when it is imported.

self.close();

export const task = () => 1;
