// The Web Lock that an agent holds for as long as it lives: when it is released, the thread is gone.

/** Takes the lock that says for as long as this thread lives that it lives. */
export function holdLock(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const held = () => {
      resolve();
      return new Promise<never>(() => {});
    };
    navigator.locks.request(name, held).catch(reject);
  });
}
